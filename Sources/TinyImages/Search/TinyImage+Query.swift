public import Images
import SosiaCore

extension TinyImage {
    /// A picture of any size, stretched to 32 x 32 pixels.
    /// - Throws: `DecodeError`
    public init(decoding bytes: [UInt8], decoder: ImageDecoder = ImageDecoder()) throws(DecodeError) {
        let pixels = try decoder.decode(bytes, for: Self.geometry).pixels
        guard let image = TinyImage(pixels) else {
            throw .damaged(reason: "\(pixels.width) x \(pixels.height) pixels came out")
        }
        self = image
    }
}
