public import Images
public import SosiaCore

/// The encoded bytes of a picture.
public struct Original: Sendable, Hashable {
    public let bytes: [UInt8]
    /// Of the bytes: what caches may name them by forever.
    public let hash: ContentHash
    /// What the bytes are, whatever their file is called.
    public let format: PictureFormat
}
