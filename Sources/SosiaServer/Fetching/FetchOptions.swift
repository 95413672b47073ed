/// How pictures are fetched from URLs.
public struct FetchOptions: Hashable, Sendable {
    public static let minimumBytes = 1_024
    public static let defaultBytes = 32 << 20
    public static let maximumBytes = 1 << 30
    public static let minimumTimeout = Duration.milliseconds(50)
    public static let defaultConnectTimeout = Duration.seconds(5)
    public static let defaultTimeout = Duration.seconds(15)
    public static let maximumTimeout = Duration.seconds(120)
    public static let defaultRedirects = 5
    public static let maximumRedirects = 10

    /// Off unless somebody asks for it: a server that fetches is a way into the network that it stands in.
    public var isEnabled = false
    /// The largest body, in bytes.
    public var bytes = Self.defaultBytes { didSet { bytes = min(max(bytes, Self.minimumBytes), Self.maximumBytes) } }
    /// For a connection to stand, TLS included.
    public var connectTimeout = Self.defaultConnectTimeout { didSet { connectTimeout = Self.limited(connectTimeout) } }
    /// For everything: names, redirects and the body.
    public var timeout = Self.defaultTimeout { didSet { timeout = Self.limited(timeout) } }
    /// How many are followed.
    public var redirects = Self.defaultRedirects {
        didSet { redirects = min(max(redirects, 0), Self.maximumRedirects) }
    }

    public init() {}

    private static func limited(_ duration: Duration) -> Duration { min(max(duration, minimumTimeout), maximumTimeout) }
}
