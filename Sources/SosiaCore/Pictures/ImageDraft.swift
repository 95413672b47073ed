/// A picture on its way into a collection: everything but the id, which the engine gives.
public struct ImageDraft: Sendable {
    public let hash: ContentHash
    public let embedding: Embedding
    public let facts: PictureFacts
    public let source: ImageSource
    public let attributes: Attributes
    /// Where it was cut from a larger picture, which the collection knows; nil for a picture of its own.
    public let tile: Tile?

    public init(
        hash: ContentHash, embedding: Embedding, facts: PictureFacts, source: ImageSource, attributes: Attributes = [:],
        tile: Tile? = nil
    ) {
        self.hash = hash
        self.embedding = embedding
        self.facts = facts
        self.source = source
        self.attributes = attributes
        self.tile = tile
    }
}
