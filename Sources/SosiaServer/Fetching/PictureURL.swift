/// A URL that a picture may be fetched from: http or https, an unambiguous host and a permitted port.
///
/// The URL is written anew from its parsed parts, so that no later parser can take its host for another one.
public struct PictureURL: Hashable, Sendable {
    /// Bytes, the last two from RFC 1035, section 2.3.4.
    enum Limit {
        static let length = 2_048
        static let nameLength = 253
        static let labelLength = 63
    }

    enum Scheme: String, Sendable {
        case http
        case https

        var port: Int { self == .http ? 80 : 443 }
    }

    enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// Lower case, without the trailing dot.
        case name(String)
    }

    let scheme: Scheme
    let host: Host
    let port: Int
    /// Path and query, starting with a slash; the fragment is never sent.
    let target: String
}

extension PictureURL: CustomStringConvertible {
    public var description: String { origin + target }

    var origin: String {
        let port = port == scheme.port ? "" : ":\(port)"
        return switch host {
        case .name(let name): "\(scheme.rawValue)://\(name)\(port)"
        case .address(let address) where address.isV4: "\(scheme.rawValue)://\(address)\(port)"
        case .address(let address): "\(scheme.rawValue)://[\(address)]\(port)"
        }
    }

    /// The last component of the path; empty if the path ends with a slash.
    public var fileName: Substring {
        let path = target.prefix { $0 != "?" }
        return path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }
}

extension PictureURL {
    /// Parses a URL; nothing is repaired.
    /// - Throws: ``URLFlaw``.
    public init(_ text: String) throws(URLFlaw) {
        guard text.utf8.count <= Limit.length else { throw .tooLong(maximum: Limit.length) }
        guard text.utf8.allSatisfy(Self.isAllowed) else { throw .character }
        guard let colon = text.firstIndex(of: ":"), let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw .scheme
        }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { throw .noHost }
        let afterSlashes = rest.dropFirst(2)
        let authority = afterSlashes.prefix { !"/?#".contains($0) }
        let target = afterSlashes[authority.endIndex...].prefix { $0 != "#" }

        guard !authority.contains("@") else { throw .userInfo }
        self.scheme = scheme
        let port: Substring?
        (host, port) = try Self.splitHost(authority)
        self.port = try Self.port(port) ?? scheme.port
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// The characters that RFC 3986 permits. Browsers repair others, each in its own way, which is how checks are fooled.
    static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte)
    }

    static func splitHost(_ authority: Substring) throws(URLFlaw) -> (Host, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .address }
            let inner = authority[authority.index(after: authority.startIndex)..<end]
            guard !inner.contains("%") else { throw .zone }
            guard inner.contains(":"), let address = IPAddress(inner) else { throw .address }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .address }
            return (.address(address), rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (try host(parts.first ?? ""), parts.count == 2 ? parts[1] : nil)
    }

    private static func host(_ text: Substring) throws(URLFlaw) -> Host {
        guard !text.isEmpty else { throw .noHost }
        let name = (text.hasSuffix(".") ? text.dropLast() : text).lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= Limit.nameLength, labels.allSatisfy(isLabel) else { throw .host }
        // A numeric last label means an IPv4 address (WHATWG URL, "ends in a number").
        guard let last = labels.last, isNumber(last) else { return .name(name) }
        guard let address = IPAddress(name) else { throw .numericHost }
        return .address(address)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...Limit.labelLength).contains(label.utf8.count)
            && label.utf8.allSatisfy { byte in
                isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "-_".utf8.contains(byte)
            }
    }

    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy(isDigit)
            || label.hasPrefix("0x") && label.dropFirst(2).allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Other ports below 1024 belong to protocols whose servers might take a request for a command.
    static func port(_ text: Substring?) throws(URLFlaw) -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy(isDigit), let port = Int(text), [80, 443].contains(port) || 1024...65_535 ~= port
        else { throw .port }
        return port
    }
}

extension PictureURL {
    /// Resolves a `Location` header against this URL (RFC 3986, section 5.2; dot segments are left to the server).
    /// - Throws: ``URLFlaw`` if no picture may be fetched from the result.
    func resolving(_ location: String) throws(URLFlaw) -> PictureURL {
        if location.isEmpty || location.hasPrefix("#") { return self }
        if location.hasPrefix("//") { return try PictureURL("\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return try PictureURL(origin + location) }
        let path = target.prefix { $0 != "?" }
        if location.hasPrefix("?") { return try PictureURL(origin + path + location) }
        // A colon before any slash ends a scheme name.
        let first = location.prefix { !"/?#".contains($0) }
        if first.contains(":") { return try PictureURL(location) }
        return try PictureURL(origin + path[...(path.lastIndex(of: "/") ?? path.startIndex)] + location)
    }
}

/// Why no picture may be fetched from a URL.
public enum URLFlaw: Error, Hashable, Sendable {
    case address
    case character
    case host
    case noHost
    case numericHost
    case port
    case scheme
    case tooLong(maximum: Int)
    case userInfo
    case zone
}

extension URLFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address: "the text in brackets is not an IPv6 address"
        case .character: "it has a character that must be percent-encoded (in a host name: written as xn--)"
        case .host: "the host is not a valid name"
        case .noHost: "it names no host"
        case .numericHost: "the host is numeric, but not four decimal numbers without leading zeros"
        case .port: "the port must be 80, 443 or from 1024 to 65535"
        case .scheme: "it does not start with http:// or https://"
        case .tooLong(let maximum): "it is longer than \(maximum) characters"
        case .userInfo: "it has a user name or password"
        case .zone: "the IPv6 address names a zone"
        }
    }
}
