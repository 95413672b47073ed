import SosiaCore

extension ImageDecoder {
    func decodeBitmap(_ bytes: [UInt8], plan: Planning) throws(DecodeError) -> DecodedImage {
        let bitmap = try BitmapFile(bytes)
        try limits.check(width: bitmap.width, height: bitmap.height)
        let resize = try plan(bitmap.width, bitmap.height)
        let samples = try bitmap.samples(of: bytes).resampled(Orientation.upright.storedRegion(of: resize))
        return try finish(
            samples, profile: nil, orientation: .upright, plan: resize,
            facts: PictureFacts(format: .bmp, width: bitmap.width, height: bitmap.height, exif: nil))
    }
}
