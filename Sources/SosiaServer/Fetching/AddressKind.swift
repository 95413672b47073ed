/// Why an address is not one of the public internet.
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
