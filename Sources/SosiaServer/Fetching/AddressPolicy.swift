/// Which addresses the fetcher may connect to.
struct AddressPolicy: Sendable {
    /// Whether those of the public internet are permitted.
    let isPublicAllowed: Bool
    /// What is permitted besides.
    let hosts: AllowedHosts

    /// Why a connection is forbidden; nil if it is permitted.
    /// - Parameters:
    ///   - address: of the host that the URL names.
    ///   - url: with the host and the port.
    func objection(to address: IPAddress, of url: PictureURL) -> AddressKind? {
        if hosts.contains(url.host, at: address, port: url.port) { return nil }
        return address.specialKind ?? (isPublicAllowed ? nil : .notListed)
    }
}

/// Why an address is not connected to: it does not belong to the public internet, or nothing but a list is permitted.
public enum AddressKind: String, Hashable, Sendable, CaseIterable {
    case benchmarking = "network of benchmarks"
    case broadcast = "broadcast"
    case cloudMetadata = "metadata service of a cloud"
    case discarded = "discarded by routers"
    case documentation = "documentation"
    case embedsIPv4 = "IPv4 address within an IPv6 address"
    case linkLocal = "link-local"
    case loopback = "this machine"
    case multicast = "multicast"
    case notListed = "not in the list of permitted hosts"
    case privateNetwork = "private network"
    case protocolAssignment = "protocol assignment"
    case reserved = "reserved"
    case segmentRouting = "segment routing"
    case sharedSpace = "shared by a provider's customers"
    case thisNetwork = "this network"
    case unspecified = "unspecified"
}

/// A block of addresses that do not belong to the public internet.
///
/// The blocks are those of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, as of RFC 9780) that are
/// not globally reachable, multicast, deprecated embeddings of IPv4 in IPv6, and the metadata services of clouds, which
/// hand out secrets.
struct SpecialBlock: Sendable {
    let kind: AddressKind
    let block: AddressBlock

    /// - Parameter prefix: the leading bytes; the others are zero.
    private init(_ kind: AddressKind, _ prefix: [UInt8], _ length: Int, size: Int) {
        self.kind = kind
        block = AddressBlock(prefix + Array(repeating: 0, count: size - prefix.count), length: length)
    }

    private static func v4(_ kind: AddressKind, _ prefix: [UInt8], _ length: Int) -> SpecialBlock {
        SpecialBlock(kind, prefix, length, size: 4)
    }

    private static func v6(_ kind: AddressKind, _ prefix: [UInt8], _ length: Int) -> SpecialBlock {
        SpecialBlock(kind, prefix, length, size: 16)
    }

    /// The first match gives the reason.
    static let v4: [SpecialBlock] = [
        v4(.cloudMetadata, [169, 254, 169, 254], 32),  // most clouds
        v4(.cloudMetadata, [168, 63, 129, 16], 32),  // Azure, within public space
        v4(.cloudMetadata, [100, 100, 100, 200], 32),  // Alibaba
        v4(.cloudMetadata, [192, 0, 0, 192], 32),  // Oracle
        v4(.thisNetwork, [0], 8),  // RFC 791, section 3.2
        v4(.privateNetwork, [10], 8),  // RFC 1918
        v4(.sharedSpace, [100, 64], 10),  // RFC 6598
        v4(.loopback, [127], 8),  // RFC 1122, section 3.2.1.3
        v4(.linkLocal, [169, 254], 16),  // RFC 3927
        v4(.privateNetwork, [172, 16], 12),  // RFC 1918
        v4(.protocolAssignment, [192, 0, 0], 24),  // RFC 6890, section 2.1
        v4(.documentation, [192, 0, 2], 24),  // RFC 5737
        v4(.embedsIPv4, [192, 88, 99], 24),  // 6to4 relays, deprecated: RFC 7526
        v4(.privateNetwork, [192, 168], 16),  // RFC 1918
        v4(.benchmarking, [198, 18], 15),  // RFC 2544
        v4(.documentation, [198, 51, 100], 24),  // RFC 5737
        v4(.documentation, [203, 0, 113], 24),  // RFC 5737
        v4(.multicast, [224], 4),  // RFC 5771
        v4(.broadcast, [255, 255, 255, 255], 32),  // RFC 919, section 7
        v4(.reserved, [240], 4),  // RFC 1112, section 4
    ]

    static let v6: [SpecialBlock] = [
        v6(.unspecified, [], 128),  // RFC 4291, section 2.5.2
        v6(.loopback, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128),  // RFC 4291, section 2.5.3
        v6(.embedsIPv4, [], 96),  // IPv4-compatible, deprecated: RFC 4291, section 2.5.5.1
        v6(.embedsIPv4, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),  // mapped: section 2.5.5.2
        v6(.embedsIPv4, [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),  // translated: RFC 2765, section 2.1
        v6(.embedsIPv4, [0, 0x64, 0xFF, 0x9B, 0, 1], 48),  // local NAT64: RFC 8215
        v6(.discarded, [1], 64),  // RFC 6666
        v6(.discarded, [1, 0, 0, 0, 0, 0, 0, 1], 64),  // RFC 9780
        v6(.embedsIPv4, [0x20, 0x01], 32),  // Teredo: RFC 4380
        v6(.protocolAssignment, [0x20, 0x01], 23),  // RFC 2928
        v6(.documentation, [0x20, 0x01, 0x0D, 0xB8], 32),  // RFC 3849
        v6(.embedsIPv4, [0x20, 0x02], 16),  // 6to4: RFC 3056
        v6(.documentation, [0x3F, 0xFF], 20),  // RFC 9637
        v6(.segmentRouting, [0x5F], 16),  // RFC 9602
        v6(.cloudMetadata, [0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54], 128),  // AWS
        v6(.privateNetwork, [0xFC], 7),  // RFC 4193
        v6(.linkLocal, [0xFE, 0x80], 10),  // RFC 4291, section 2.5.6
        v6(.privateNetwork, [0xFE, 0xC0], 10),  // site-local, deprecated: RFC 3879
        v6(.multicast, [0xFF], 8),  // RFC 4291, section 2.7
    ]

    /// IPv4 addresses behind a NAT64 gateway (RFC 6052, section 2.1): as public as the address they embed.
    static let translation = v6(.embedsIPv4, [0, 0x64, 0xFF, 0x9B], 96)

    /// Global unicast addresses (RFC 4291, section 2.4); nothing outside is public.
    static let globalUnicast = v6(.reserved, [0x20], 3)
}

extension IPAddress {
    /// Why the address is not public; nil if it is.
    public var specialKind: AddressKind? {
        if isV4 { return SpecialBlock.v4.first { $0.block.contains(self) }?.kind }
        if SpecialBlock.translation.block.contains(self) { return embeddedV4.specialKind }
        if let block = SpecialBlock.v6.first(where: { $0.block.contains(self) }) { return block.kind }
        return SpecialBlock.globalUnicast.block.contains(self) ? nil : .reserved
    }
}
