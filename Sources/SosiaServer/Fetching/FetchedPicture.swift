/// What was found at a URL.
public struct FetchedPicture: Sendable {
    /// Where it was, after redirects.
    public let url: PictureURL
    /// The body; nothing is known of it but its length.
    public let bytes: [UInt8]
}
