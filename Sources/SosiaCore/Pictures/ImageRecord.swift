/// What a collection knows of one picture.
public struct ImageRecord: Sendable, Hashable, Codable {
    public let id: ImageID
    /// Where the picture was seen, sorted; more than one when several files have the same bytes.
    public let sources: [String]
    public let facts: PictureFacts
    /// What the user said about it.
    public let attributes: Attributes
    /// Where it was cut from a larger picture; nil for a picture of its own.
    public let tile: Tile?

    public init(id: ImageID, sources: [String], facts: PictureFacts, attributes: Attributes, tile: Tile? = nil) {
        self.id = id
        self.sources = sources
        self.facts = facts
        self.attributes = attributes
        self.tile = tile
    }

    /// The picture in one line of text: the tile's file and window, or the first source.
    public var place: String { tile?.description ?? sources.first ?? "" }
}
