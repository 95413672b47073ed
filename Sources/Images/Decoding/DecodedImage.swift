public import SosiaCore

/// Upright sRGB pixels and what the file says about the whole picture.
public struct DecodedImage: Sendable, Equatable {
    public let pixels: PixelImage
    /// Width and height are those of the whole upright picture, not of `pixels`.
    public let facts: PictureFacts

    public init(pixels: PixelImage, facts: PictureFacts) {
        self.pixels = pixels
        self.facts = facts
    }
}
