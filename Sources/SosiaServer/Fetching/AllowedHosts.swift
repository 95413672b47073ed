/// Hosts and networks of one's own that pictures may be fetched from: `minio.lan:9000,10.2.0.0/16`.
///
/// A host is a name, which may lead anywhere but to the metadata service of a cloud, or an address, which also covers
/// names that lead to it. Without a port it has all that a ``PictureURL`` may have. A network covers all its addresses
/// but those of metadata services.
public struct AllowedHosts: Hashable, Sendable {
    private enum Entry: Hashable, Sendable {
        case host(PictureURL.Host, port: Int?)
        case network(AddressBlock)
    }

    public static let none = AllowedHosts(entries: [])

    private let entries: [Entry]

    public var isEmpty: Bool { entries.isEmpty }

    private init(entries: [Entry]) {
        self.entries = entries
    }

    /// - Parameter text: entries with commas between them: `NAME`, `NAME:PORT`, `ADDRESS`, `ADDRESS:PORT`, `[IPV6]:PORT`
    ///   or `ADDRESS/LENGTH`.
    public init(_ text: String) throws(AllowedHostsError) {
        var entries: [Entry] = []
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            entries.append(try Self.entry(entry))
        }
        self.entries = entries
    }

    private static func entry(_ text: Substring) throws(AllowedHostsError) -> Entry {
        if text.contains("/") { return .network(try network(text)) }
        if text.contains(":"), let address = IPAddress(text) { return .host(.address(address), port: nil) }
        do throws(URLFlaw) {
            guard text.utf8.allSatisfy(PictureURL.isAllowed), !text.contains("@") else { throw .host }
            let (host, port) = try PictureURL.splitHost(text)
            if port?.isEmpty == true { throw .port }
            return .host(host, port: try PictureURL.port(port))
        } catch {
            throw AllowedHostsError(entry: String(text), reason: .host(error))
        }
    }

    private static func network(_ text: Substring) throws(AllowedHostsError) -> AddressBlock {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else {
            throw AllowedHostsError(entry: String(text), reason: .networkAddress)
        }
        let bits = address.bytes.count * 8
        guard let length = Int(parts[1]), String(length) == parts[1], 0...bits ~= length else {
            throw AllowedHostsError(entry: String(text), reason: .networkLength(maximum: bits))
        }
        let block = AddressBlock(address, length: length)
        guard block.prefix == address.bytes else {
            throw AllowedHostsError(entry: String(text), reason: .hostBits(network: block.description))
        }
        return block
    }

    /// - Parameters:
    ///   - host: of the URL.
    ///   - address: where it is.
    func contains(_ host: PictureURL.Host, at address: IPAddress, port: Int) -> Bool {
        entries.contains { entry in
            switch entry {
            case .host(.address(address), let allowed): allowed == nil || allowed == port
            case .host(host, let allowed): (allowed == nil || allowed == port) && !address.isOfMetadata
            case .network(let block): block.contains(address) && !address.isOfMetadata
            default: false
            }
        }
    }
}

extension IPAddress {
    /// Whether it hands out secrets: such an address is named, or not allowed.
    fileprivate var isOfMetadata: Bool { specialKind == .cloudMetadata }
}

/// What is wrong with a list of ``AllowedHosts``.
public struct AllowedHostsError: Error, Hashable, Sendable {
    /// What is wrong with an entry.
    public enum Reason: Hashable, Sendable {
        case host(URLFlaw)
        case hostBits(network: String)
        case networkAddress
        case networkLength(maximum: Int)
    }

    public let entry: String
    public let reason: Reason
}

extension AllowedHostsError: CustomStringConvertible {
    public var description: String {
        let text =
            switch reason {
            case .host(let flaw): flaw.description
            case .hostBits(let network): "it has bits beyond its length; the network is \(network)"
            case .networkAddress: "what is before the slash is not an IPv4 or IPv6 address"
            case .networkLength(let maximum): "what is after the slash is not a number from 0 to \(maximum)"
            }
        return "'\(entry)' is not a host or network: \(text)"
    }
}
