/// What a collection knows of one picture.
public struct ImageRecord: Sendable, Hashable, Codable {
    public let id: ImageID
    /// Where the picture was seen, sorted; more than one when several files have the same bytes.
    public let sources: [String]
    public let facts: PictureFacts
    /// What the user said about it.
    public let attributes: Attributes

    public init(id: ImageID, sources: [String], facts: PictureFacts, attributes: Attributes) {
        self.id = id
        self.sources = sources
        self.facts = facts
        self.attributes = attributes
    }
}
