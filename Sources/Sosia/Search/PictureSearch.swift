public import SosiaCore

/// A question asked with pictures; what `SearchRequest` is once they are vectors.
public struct PictureSearch: Sendable {
    /// What becomes of tiles in an answer that show the same part of a raster.
    public enum Overlaps: String, Sendable, Hashable, CaseIterable {
        /// Of the hits of one file whose windows have pixels in common, the first is kept: the nearest, and of equally near
        /// ones that with the lower id. Hits are looked at in the order of the answer, and each is held against those that
        /// were kept, so a chain of tiles may lose every other one. Farther hits move up.
        case merge
        case keep
    }

    /// At least one with a weight above zero; see ``Rocchio`` for what several mean.
    public var examples: [PictureExample]
    public var k = SearchRequest.defaultK
    public var mode = SearchRequest.Mode.automatic
    /// The kind of index to search; nil leaves it to the planner.
    public var index: String?
    public var filter: Filter?
    public var maximumDistance: Float?
    public var cursor: SearchCursor?
    public var excluding: Set<ImageID> = []
    public var overlaps = Overlaps.merge

    public init(_ examples: [PictureExample]) {
        self.examples = examples
    }

    /// With one picture.
    public init(_ source: PictureExample.Source, region: PixelRegion? = nil) {
        self.init([PictureExample(source, region: region)])
    }
}

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

/// Why a picture that was asked with could not be used.
public struct ExampleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Among the examples of its question, from 0 on.
    public let position: Int
    public let reason: SkipReason

    public var description: String { "example \(position + 1): \(reason)" }

    /// What is wrong with the one picture of a question.
    var cause: any Error {
        if case .decoding(let error) = reason { return error }
        return reason
    }
}
