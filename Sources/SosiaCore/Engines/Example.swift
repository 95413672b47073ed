/// One of several pictures that say what is looked for.
public struct Example: Sendable, Hashable {
    /// What stands for the picture.
    public enum Source: Sendable, Hashable {
        /// A vector; when its model is named, it must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture that the collection holds; it is left out of the answer.
        case image(ImageID)
    }

    public let source: Source
    /// How much it counts: above zero for what the answer shall be like, below zero for what it shall not be like.
    public let weight: Float

    public init(_ source: Source, weight: Float = 1) {
        self.source = source
        self.weight = weight
    }
}
