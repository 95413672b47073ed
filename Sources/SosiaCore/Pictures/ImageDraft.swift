/// A picture on its way into a collection: everything but the id, which the engine gives.
public struct ImageDraft: Sendable {
    public let hash: ContentHash
    public let embedding: Embedding
    public let facts: PictureFacts
    /// A path or address that is unique in the collection.
    public let source: String
    public let attributes: Attributes

    public init(
        hash: ContentHash, embedding: Embedding, facts: PictureFacts, source: String, attributes: Attributes = [:]
    ) {
        self.hash = hash
        self.embedding = embedding
        self.facts = facts
        self.source = source
        self.attributes = attributes
    }
}
