/// An IPv4 or IPv6 address as its bytes, most significant first: four or sixteen.
public struct IPAddress: Hashable, Sendable {
    public let bytes: [UInt8]

    init(v4 bytes: (UInt8, UInt8, UInt8, UInt8)) {
        self.bytes = [bytes.0, bytes.1, bytes.2, bytes.3]
    }

    /// - Parameter groups: eight groups of sixteen bits.
    init?(v6 groups: [UInt16]) {
        guard groups.count == 8 else { return nil }
        bytes = groups.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }

    var isV4: Bool { bytes.count == 4 }

    /// The IPv4 address in the last four bytes of an IPv6 address; of an IPv4 address, itself.
    var embeddedV4: IPAddress {
        let last = Array(bytes.suffix(4))
        return IPAddress(v4: (last[0], last[1], last[2], last[3]))
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or eight groups in hexadecimal, none left out: forms that every reader takes for the same address.
    public var description: String {
        if isV4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: bytes.count, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
