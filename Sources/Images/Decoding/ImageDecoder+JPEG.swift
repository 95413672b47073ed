import SosiaCore

extension ImageDecoder {
    func decodeJPEG(_ bytes: [UInt8], plan: Planning) throws(DecodeError) -> DecodedImage {
        let header = try JPEGHeader(bytes)
        try limits.check(width: header.width, height: header.height)
        guard header.isCommon else { return try decodeWithVips(bytes, format: .jpeg, plan: plan) }

        let exif = header.exif.map { EXIFBlock(bytes, in: $0) }
        let orientation = Orientation(exif: exif?.orientation ?? 1)
        let size = orientation.upright(width: header.width, height: header.height)
        let resize = try plan(size.width, size.height)
        let region = orientation.storedRegion(of: resize)
        let result = TurboJPEG.decode(
            bytes, width: header.width, height: header.height,
            denominator: TurboJPEG.denominator(for: region), region: region)
        switch result {
        case .declined:
            return try decodeWithVips(bytes, format: .jpeg, plan: plan)
        case .failed(let error):
            throw error
        case .decoded(let samples, let warned):
            // The library reports its first warning only; behind a harmless one the file may still end early.
            if warned, !JPEGHeader.reachesEnd(bytes, from: header.dataStart) { throw .truncated }
            return try finish(
                samples, profile: header.profile(in: bytes), orientation: orientation, plan: resize,
                facts: PictureFacts(format: .jpeg, width: size.width, height: size.height, exif: exif))
        }
    }
}
