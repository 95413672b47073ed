/// An IPv4 or IPv6 address: 4 or 16 bytes, most significant first.
public struct IPAddress: Hashable, Sendable {
    public let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(v4 bytes: (UInt8, UInt8, UInt8, UInt8)) {
        self.bytes = [bytes.0, bytes.1, bytes.2, bytes.3]
    }

    /// - Parameter groups: eight groups of 16 bits.
    init?(v6 groups: [UInt16]) {
        guard groups.count == 8 else { return nil }
        bytes = groups.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }

    var isV4: Bool { bytes.count == 4 }

    /// The IPv4 address in the last four bytes of an IPv6 address; an IPv4 address itself.
    var embeddedV4: IPAddress {
        let last = Array(bytes.suffix(4))
        return IPAddress(v4: (last[0], last[1], last[2], last[3]))
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or eight hexadecimal groups without `::`: forms that every parser reads alike.
    public var description: String {
        if isV4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: bytes.count, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

/// All addresses with the same leading bits.
struct AddressBlock: Hashable, Sendable {
    /// As long as an address; beyond the length it is zero.
    let prefix: [UInt8]
    /// How many leading bits are compared.
    let length: Int

    init(_ bytes: [UInt8], length: Int) {
        prefix = bytes.enumerated().map { $1 & Self.mask($0, length) }
        self.length = length
    }

    init(_ address: IPAddress, length: Int) {
        self.init(address.bytes, length: length)
    }

    func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == prefix.count
            && address.bytes.indices.allSatisfy { address.bytes[$0] & Self.mask($0, length) == prefix[$0] }
    }

    /// The bits of a byte that are compared.
    private static func mask(_ byte: Int, _ length: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, length - byte * 8)))
    }
}

extension AddressBlock: CustomStringConvertible {
    var description: String { "\(IPAddress(bytes: prefix))/\(length)" }
}

extension IPAddress {
    /// Parses four decimal numbers without leading zeros, or the text form of RFC 4291, section 2.2, without brackets or
    /// zone. The other forms of `inet_aton` (octal, hexadecimal, fewer parts) are refused.
    public init?(_ text: some StringProtocol) {
        let address = text.utf8.contains(UInt8(ascii: ":")) ? Self.v6(Substring(text)) : Self.v4(Substring(text))
        guard let address else { return nil }
        self = address
    }

    private static func v4(_ text: Substring) -> IPAddress? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(decimal)
        guard parts.count == 4, let a = parts[0], let b = parts[1], let c = parts[2], let d = parts[3] else {
            return nil
        }
        return IPAddress(v4: (a, b, c, d))
    }

    private static func decimal(_ text: Substring) -> UInt8? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return text.utf8.count > 1 && text.utf8.first == UInt8(ascii: "0") ? nil : UInt8(text)
    }

    private static func v6(_ text: Substring) -> IPAddress? {
        guard let gap = firstGap(in: text) else { return groups(text).flatMap(IPAddress.init(v6:)) }
        guard let head = groups(text[..<gap], mayEndInV4: false),
            let tail = groups(text[text.index(gap, offsetBy: 2)...])
        else { return nil }
        // `::` stands for at least one group.
        let missing = 8 - head.count - tail.count
        guard missing > 0 else { return nil }
        return IPAddress(v6: head + Array(repeating: 0, count: missing) + tail)
    }

    private static func firstGap(in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix("::") }
    }

    /// Groups between single colons; the last may be an IPv4 address, which counts as two.
    private static func groups(_ text: Substring, mayEndInV4: Bool = true) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (number, part) in parts.enumerated() {
            if mayEndInV4, number == parts.count - 1, let embedded = v4(part) {
                groups += [0, 2].map { UInt16(embedded.bytes[$0]) << 8 | UInt16(embedded.bytes[$0 + 1]) }
            } else if (1...4).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }),
                let group = UInt16(part, radix: 16)
            {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups
    }
}
