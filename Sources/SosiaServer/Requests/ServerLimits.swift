/// What the server takes from one client at once; more is refused before memory is asked for.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of one picture file.
    public static let fileBytes = (minimum: 1024, standard: 64 << 20, maximum: 512 << 20)
    /// Bytes of one request with pictures.
    public static let uploadBytes = (minimum: 1024, standard: 2 << 30, maximum: 64 << 30)
    /// Files of one request.
    public static let files = (minimum: 1, standard: 1000, maximum: 100_000)
    /// Pixels of one picture, from its header.
    public static let pixels = (minimum: 1, standard: 100_000_000, maximum: 4_294_836_225)
    /// Bytes of bodies that all requests together may hold in memory.
    public static let heldBytes = (minimum: 1 << 20, standard: 512 << 20, maximum: 64 << 30)
    /// Bytes of a JSON body.
    public static let documentBytes = 4 << 20
    /// Headers of a request: their number, and the bytes of all of them.
    public static let headers = (count: 100, bytes: 16 << 10)
    /// Connections that are open at once.
    public static let connections = 8192
    /// Time without a byte after which a connection is closed, seconds.
    public static let idleSeconds: Int64 = 30
    /// A body may be slow for so long, seconds; from then on it has to keep ``bodyRate`` on average.
    public static let bodyGraceSeconds: Double = 20
    /// Bytes a second.
    public static let bodyRate: Double = 2048

    public var fileBytes = ServerLimits.fileBytes.standard
    public var uploadBytes = ServerLimits.uploadBytes.standard
    public var files = ServerLimits.files.standard
    public var pixels = ServerLimits.pixels.standard
    public var heldBytes = ServerLimits.heldBytes.standard

    public init() {}
}
