/// A picture on its way into a collection: everything but the id, which the engine gives.
public struct ImageDraft: Sendable {
    public let hash: ContentHash
    public let embedding: Embedding
    public let facts: PictureFacts
    public let source: ImageSource
    public let attributes: Attributes

    public init(
        hash: ContentHash, embedding: Embedding, facts: PictureFacts, source: ImageSource, attributes: Attributes = [:]
    ) {
        self.hash = hash
        self.embedding = embedding
        self.facts = facts
        self.source = source
        self.attributes = attributes
    }
}
