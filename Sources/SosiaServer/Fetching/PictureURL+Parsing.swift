extension PictureURL {
    /// - Throws: ``URLFlaw`` that says what is wrong; nothing is repaired.
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

    /// What RFC 3986 lets stand in a URL. Browsers repair the rest, each in its way, and that is how checks are fooled.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte)
    }

    private static func splitHost(_ authority: Substring) throws(URLFlaw) -> (Host, port: Substring?) {
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
        // A last label that is a number makes an IPv4 address (WHATWG URL, "ends in a number").
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

    /// Ports below 1024 belong to other protocols, whose servers could be made to take a request for a command.
    private static func port(_ text: Substring?) throws(URLFlaw) -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy(isDigit), let port = Int(text), [80, 443].contains(port) || 1024...65_535 ~= port
        else { throw .port }
        return port
    }
}
