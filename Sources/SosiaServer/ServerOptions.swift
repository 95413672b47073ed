/// How the server is started.
public struct ServerOptions: Sendable {
    /// Searches and uploads that wait for a processor before others are turned away.
    public static let waiting = (minimum: 0, standard: 256, maximum: 100_000)

    public var source: CollectionSource
    /// A name or an address of this machine.
    public var host = "127.0.0.1"
    /// 0 takes any that is free.
    public var port = 8080
    /// A file of keys; nil lets everyone in who can reach the server.
    public var keyFile: String?
    public var tls: TLSFiles?
    /// Whether pictures may be fetched from addresses that clients name.
    public var fetchesURLs = false
    /// Folders below which clients may name files.
    public var allowedFolders: [String] = []
    /// Other sites whose pages may use the server: `https://example.org`.
    public var allowedOrigins: [String] = []
    public var limits = ServerLimits()
    public var waiting = ServerOptions.waiting.standard
    /// Whether pictures may be added, changed and deleted.
    public var isWritable = true
    /// What draws the page's map.
    var mapLibrary = MapLibrary()

    public init(_ source: CollectionSource) {
        self.source = source
    }
}

/// A certificate with its key, PEM.
public struct TLSFiles: Sendable, Hashable {
    public let certificate: String
    public let key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Why the server does not start.
public enum ServerError: Error, Hashable, Sendable {
    /// Others could reach the address, and nothing would keep them out.
    case addressNeedsKey(host: String)
    case noKeys(path: String)
    case folderMissing(path: String)
    case certificateUnusable(path: String, reason: String)
}

extension ServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .addressNeedsKey(let host):
            "others can reach \(host): start with --api-key-file, or listen on 127.0.0.1"
        case .noKeys(let path): "\(path) holds no keys; `sosia key add` makes one"
        case .folderMissing(let path): "there is no folder \(path)"
        case .certificateUnusable(let path, let reason): "the certificate \(path) cannot be used: \(reason)"
        }
    }
}
