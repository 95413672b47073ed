import Hummingbird

/// Whom a request is meant for: the value of its `Host` (RFC 9110, section 7.2), a host and an optional port by the rules
/// of RFC 3986, section 3.2.
struct RequestHost: Sendable {
    /// As it was sent.
    let text: String
    /// Whether the host always means this machine.
    let isLoopback: Bool

    /// - Returns: nil for anything else, such as a host with more behind its bracket or its port.
    init?(_ text: String) {
        let rest: Substring
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.utf8.firstIndex(of: UInt8(ascii: "]")),
                let address = IPAddress(text[text.utf8.index(after: text.startIndex)..<end]), !address.isV4
            else { return nil }
            isLoopback = address == IPAddress("::1")
            rest = text[text.utf8.index(after: end)...]
        } else {
            let end = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
            guard text[..<end].utf8.allSatisfy(Self.isOfName) else { return nil }
            isLoopback = ["localhost", "127.0.0.1"].contains(text[..<end].lowercased())
            rest = text[end...]
        }
        guard rest.isEmpty || Self.isPort(rest) else { return nil }
        self.text = text
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.first == UInt8(ascii: ":")
            && text.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text.utf8.count == 1 || UInt16(text.dropFirst()) != nil)
    }

    /// `unreserved`, `pct-encoded` and `sub-delims`.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~%!$&'()*+,;=".utf8.contains(byte)
        }
    }
}

extension Request {
    /// - Returns: nil if the request names no host, as those of HTTP/1.0 may.
    /// - Throws: ``Problem`` if it names two, or something else (RFC 9112, section 3.2).
    func host() throws(Problem) -> RequestHost? {
        // The first one is the authority; further ones stay among the fields.
        guard !headers.contains(.host) else { throw Problem(.invalidHost, "there is more than one") }
        guard let text = head.authority else { return nil }
        guard let host = RequestHost(text) else { throw Problem(.invalidHost, "a host and a port are expected") }
        return host
    }
}
