/// Which addresses the fetcher may connect to.
public struct AddressPolicy: Sendable {
    /// Addresses of the public internet only.
    public static let publicOnly = AddressPolicy(exception: nil)

    /// One more permitted address and port, for the tests' own server.
    private let exception: Endpoint?

    struct Endpoint: Hashable, Sendable {
        let address: IPAddress
        let port: Int
    }

    init(exception: Endpoint?) {
        self.exception = exception
    }

    /// Why a connection is forbidden; nil if it is permitted.
    func objection(to endpoint: Endpoint) -> AddressKind? {
        endpoint == exception ? nil : endpoint.address.specialKind
    }
}

/// Why an address does not belong to the public internet.
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
    /// The leading bytes; the others are zero.
    let prefix: [UInt8]
    /// How many leading bits are compared.
    let length: Int

    private init(_ kind: AddressKind, _ prefix: [UInt8], _ length: Int) {
        self.kind = kind
        self.prefix = prefix
        self.length = length
    }

    func contains(_ address: IPAddress) -> Bool {
        for (number, byte) in address.bytes.enumerated() where number * 8 < length {
            let wanted = number < prefix.count ? prefix[number] : 0
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, length - number * 8))
            if (byte ^ wanted) & mask != 0 { return false }
        }
        return true
    }

    /// The first match gives the reason.
    static let v4: [SpecialBlock] = [
        SpecialBlock(.cloudMetadata, [169, 254, 169, 254], 32),  // most clouds
        SpecialBlock(.cloudMetadata, [168, 63, 129, 16], 32),  // Azure, within public space
        SpecialBlock(.cloudMetadata, [100, 100, 100, 200], 32),  // Alibaba
        SpecialBlock(.cloudMetadata, [192, 0, 0, 192], 32),  // Oracle
        SpecialBlock(.thisNetwork, [0], 8),  // RFC 791, section 3.2
        SpecialBlock(.privateNetwork, [10], 8),  // RFC 1918
        SpecialBlock(.sharedSpace, [100, 64], 10),  // RFC 6598
        SpecialBlock(.loopback, [127], 8),  // RFC 1122, section 3.2.1.3
        SpecialBlock(.linkLocal, [169, 254], 16),  // RFC 3927
        SpecialBlock(.privateNetwork, [172, 16], 12),  // RFC 1918
        SpecialBlock(.protocolAssignment, [192, 0, 0], 24),  // RFC 6890, section 2.1
        SpecialBlock(.documentation, [192, 0, 2], 24),  // RFC 5737
        SpecialBlock(.embedsIPv4, [192, 88, 99], 24),  // 6to4 relays, deprecated: RFC 7526
        SpecialBlock(.privateNetwork, [192, 168], 16),  // RFC 1918
        SpecialBlock(.benchmarking, [198, 18], 15),  // RFC 2544
        SpecialBlock(.documentation, [198, 51, 100], 24),  // RFC 5737
        SpecialBlock(.documentation, [203, 0, 113], 24),  // RFC 5737
        SpecialBlock(.multicast, [224], 4),  // RFC 5771
        SpecialBlock(.broadcast, [255, 255, 255, 255], 32),  // RFC 919, section 7
        SpecialBlock(.reserved, [240], 4),  // RFC 1112, section 4
    ]

    static let v6: [SpecialBlock] = [
        SpecialBlock(.unspecified, [], 128),  // RFC 4291, section 2.5.2
        SpecialBlock(.loopback, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128),  // RFC 4291, section 2.5.3
        SpecialBlock(.embedsIPv4, [], 96),  // IPv4-compatible, deprecated: RFC 4291, section 2.5.5.1
        SpecialBlock(.embedsIPv4, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),  // mapped: section 2.5.5.2
        SpecialBlock(.embedsIPv4, [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),  // translated: RFC 2765, section 2.1
        SpecialBlock(.embedsIPv4, [0, 0x64, 0xFF, 0x9B, 0, 1], 48),  // local NAT64: RFC 8215
        SpecialBlock(.discarded, [1], 64),  // RFC 6666
        SpecialBlock(.discarded, [1, 0, 0, 0, 0, 0, 0, 1], 64),  // RFC 9780
        SpecialBlock(.embedsIPv4, [0x20, 0x01], 32),  // Teredo: RFC 4380
        SpecialBlock(.protocolAssignment, [0x20, 0x01], 23),  // RFC 2928
        SpecialBlock(.documentation, [0x20, 0x01, 0x0D, 0xB8], 32),  // RFC 3849
        SpecialBlock(.embedsIPv4, [0x20, 0x02], 16),  // 6to4: RFC 3056
        SpecialBlock(.documentation, [0x3F, 0xFF], 20),  // RFC 9637
        SpecialBlock(.segmentRouting, [0x5F], 16),  // RFC 9602
        SpecialBlock(.cloudMetadata, [0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54], 128),  // AWS
        SpecialBlock(.privateNetwork, [0xFC], 7),  // RFC 4193
        SpecialBlock(.linkLocal, [0xFE, 0x80], 10),  // RFC 4291, section 2.5.6
        SpecialBlock(.privateNetwork, [0xFE, 0xC0], 10),  // site-local, deprecated: RFC 3879
        SpecialBlock(.multicast, [0xFF], 8),  // RFC 4291, section 2.7
    ]

    /// IPv4 addresses behind a NAT64 gateway (RFC 6052, section 2.1): as public as the address they embed.
    static let translation = SpecialBlock(.embedsIPv4, [0, 0x64, 0xFF, 0x9B], 96)

    /// Global unicast addresses (RFC 4291, section 2.4); nothing outside is public.
    static let globalUnicast = SpecialBlock(.reserved, [0x20], 3)
}

extension IPAddress {
    /// Why the address is not public; nil if it is.
    public var specialKind: AddressKind? {
        if isV4 { return SpecialBlock.v4.first { $0.contains(self) }?.kind }
        if SpecialBlock.translation.contains(self) { return embeddedV4.specialKind }
        if let block = SpecialBlock.v6.first(where: { $0.contains(self) }) { return block.kind }
        return SpecialBlock.globalUnicast.contains(self) ? nil : .reserved
    }
}
