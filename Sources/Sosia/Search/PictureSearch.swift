public import SosiaCore

/// A question asked with pictures; what `SearchRequest` is once they are vectors.
public struct PictureSearch: Sendable {
    /// At least one with a weight above zero; see ``Rocchio`` for what several mean.
    public var examples: [PictureExample]
    public var k = SearchRequest.defaultK
    public var mode = SearchRequest.Mode.automatic
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
