public import SosiaCore
import Sosia

/// How the server is started.
public struct ServerOptions: Sendable {
    /// Searches and uploads that may wait for a processor; more are refused.
    public static let waiting = (minimum: 0, standard: 256, maximum: 100_000)

    public var source: CollectionSource
    /// A host name or address of this machine.
    public var host = "127.0.0.1"
    /// 0 for any free port.
    public var port = 8080
    /// A key file; nil admits everyone who can reach the server.
    public var keyFile: String?
    public var tls: TLSFiles?
    /// Whether pictures may be fetched from public addresses that clients name.
    public var fetchesURLs = false
    /// Hosts and networks that pictures may be fetched from besides.
    public var allowedHosts = AllowedHosts.none
    /// Folders in which clients may name files.
    public var allowedFolders: [String] = []
    /// Other sites whose pages may use the server: `https://example.org`.
    public var allowedOrigins: [String] = []
    /// What absolute addresses begin with; nil for the host that a request names.
    public var publicURL: PublicURL?
    /// The collection of clients that name none; nil for the only one, or the one called `default`.
    public var standardCollection: String?
    public var limits = ServerLimits()
    public var waiting = ServerOptions.waiting.standard
    /// Whether pictures may be added, changed and deleted.
    public var isWritable = true
    /// Whose files are looked at.
    public var machine = MachineName.host
    /// The library that draws the page's map.
    var mapLibrary = MapLibrary()
    /// What counts the bytes in memory; nil for one that the limits bound.
    var held: HeldBytes?
    /// How long work may wait for its turn.
    var patience = AdmissionOptions.defaultPatience
    /// Tells the time by which rates are counted.
    var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    /// What fetches pictures; nil for one that only goes where the other options say.
    var fetcher: PictureFetcher?

    public init(_ source: CollectionSource) {
        self.source = source
    }
}

/// A certificate chain and its private key, as PEM files.
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
    /// Other machines can reach the address, and no key would be needed.
    case addressNeedsKey(host: String)
    case noKeys(path: String)
    case folderMissing(path: String)
    case certificateUnusable(path: String, reason: String)
    /// Not an address that clients could reach a server by.
    case invalidURL(String)
    /// The collection that was named is not among those that are served.
    case collectionMissing(name: String)
}

extension ServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .addressNeedsKey(let host):
            "others can reach \(host): start with --api-key-file, or listen on 127.0.0.1"
        case .noKeys(let path): "\(path) holds no keys; `sosia key add` makes one"
        case .folderMissing(let path): "there is no folder \(path)"
        case .invalidURL(let text): "\"\(text)\" is not of the form https://HOST:PORT/PATH"
        case .collectionMissing(let name): "there is no collection called \"\(name)\" to serve"
        case .certificateUnusable(let path, let reason): "the certificate \(path) cannot be used: \(reason)"
        }
    }
}

/// Which collections are served.
public enum CollectionSource: Sendable, Hashable {
    /// One, by its address; it is created if it does not exist.
    case store(String)
    /// All that lie together, such as those of a folder whose names end in `.sosia`; clients can create more.
    case directory(String)
}

/// What the server accepts from a client; more is refused before memory is allocated.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of one picture file.
    public static let fileBytes = (minimum: 1024, standard: 64 << 20, maximum: 512 << 20)
    /// Bytes of one request with pictures.
    public static let uploadBytes = (minimum: 1024, standard: 2 << 30, maximum: 64 << 30)
    /// Files of one request.
    public static let files = (minimum: 1, standard: 1000, maximum: 100_000)
    /// Pixels of one picture, from its header.
    public static let pixels = (minimum: 1, standard: 100_000_000, maximum: 4_294_836_225)
    /// Bytes of bodies, fetched pictures and answers that all requests together may keep in memory. The server
    /// takes three times the bytes of a file when that is more, so that a picture in base64 finds room.
    public static let heldBytes = (minimum: 1 << 20, standard: 192 << 20, maximum: 64 << 30)
    /// Addresses of pictures among the examples of one request.
    public static let addresses = (minimum: 1, standard: 8, maximum: 64)
    /// Addresses of pictures that one key may name in a minute, or one client where no keys are asked for.
    public static let addressRate = (minimum: 1, standard: 240, maximum: 100_000)
    /// Bytes of a JSON body.
    public static let documentBytes = 4 << 20
    /// Headers of a request: their number and their bytes in all.
    public static let headers = (count: 100, bytes: 16 << 10)
    /// Open connections; fewer where the system does not permit so many open files.
    public static let connections = (minimum: 1, standard: 8192, maximum: 1 << 20)
    /// Seconds without a byte after which a connection is closed.
    public static let idleSeconds: Int64 = 30
    /// Seconds after which a body must have arrived at ``bodyRate`` on average.
    public static let bodyGraceSeconds: Double = 20
    /// Bytes per second.
    public static let bodyRate: Double = 2048

    public var fileBytes = ServerLimits.fileBytes.standard
    public var uploadBytes = ServerLimits.uploadBytes.standard
    public var files = ServerLimits.files.standard
    public var pixels = ServerLimits.pixels.standard
    public var heldBytes = ServerLimits.heldBytes.standard
    public var addresses = ServerLimits.addresses.standard
    public var addressRate = ServerLimits.addressRate.standard
    public var connections = ServerLimits.connections.standard

    public init() {}

    /// Of pictures that are read.
    var decoding: DecodeLimits { DecodeLimits(maximumPixels: pixels, maximumFileBytes: fileBytes) }
}
