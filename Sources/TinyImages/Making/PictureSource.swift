/// Pictures to make tiny images of, one at a time, in no particular order.
public protocol PictureSource {
    /// Where they come from, as it was given.
    var path: String { get }

    /// Called by one thread at a time.
    /// - Returns: nil at the end.
    mutating func next() throws -> SourcePicture?
}

/// One picture of a source.
public struct SourcePicture: Sendable {
    /// What the picture is.
    public enum Content: Sendable {
        /// Hands over the file's bytes, on any thread. What it throws describes why the picture is passed over.
        case file(@Sendable () throws -> [UInt8])
        /// The picture that has this name.
        case link(to: String)
    }

    /// Below the folder, or in the archive.
    public let name: String
    public let content: Content

    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}
