public import SosiaCore

/// A picture that is asked with.
public struct PictureExample: Sendable {
    /// Where the picture is.
    public enum Source: Sendable {
        /// An encoded picture.
        case bytes([UInt8])
        /// A picture file; relative paths are relative to the working directory.
        case file(String)
        /// A picture of the collection; it is left out of the answer.
        case image(ImageID)
        /// A part of a raster that the collection has tiles of; they may be in the answer.
        case place(RasterPlace)
        /// A vector of the collection's model.
        case embedding(Embedding)
    }

    public let source: Source
    /// The part that is asked with, in pixels of the upright picture; nil for all of it. What lies outside the picture
    /// is left out.
    public let region: PixelRegion?
    /// Above zero for what the answer shall be like, below zero for what it shall not be like.
    public let weight: Float

    public init(_ source: Source, region: PixelRegion? = nil, weight: Float = 1) {
        self.source = source
        self.region = region
        self.weight = weight
    }
}
