/// Where clients reach the server, when that is not where it listens: behind a proxy, say.
public struct PublicURL: Sendable, Hashable {
    /// Without a slash at the end.
    let text: String

    /// - Parameter text: `https://pictures.example.org` or `http://host:8000/sosia`: a host, an optional port and path.
    /// - Throws: ``ServerError/invalidURL(_:)``
    public init(_ text: String) throws(ServerError) {
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) } ?? ""
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let (host, path) = (String(decoding: rest[..<end], as: UTF8.self), rest[end...])
        guard !scheme.isEmpty, !host.isEmpty, RequestHost(host) != nil, path.allSatisfy(Self.isOfPath) else {
            throw .invalidURL(text)
        }
        let kept = path.last == UInt8(ascii: "/") ? path.dropLast() : path
        self.text = scheme + host + String(decoding: kept, as: UTF8.self)
    }

    /// `pchar` and slashes (RFC 3986, section 3.3).
    private static func isOfPath(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\"#<>?[\\]^`{|}".utf8.contains(byte)
    }
}
