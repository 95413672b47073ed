import NIOSSL

/// Fetches pictures from untrusted URLs, from the public internet only.
///
/// A host is resolved once per request. All its addresses must be public, and the connection goes to the address that was
/// checked: nothing resolves the name again. Redirects are checked like the first URL. Proxies from the environment,
/// credentials and cookies are not used, and the declared media type is ignored: the decoder decides whether the body is
/// a picture.
public struct PictureFetcher: Sendable {
    let options: FetchOptions
    let policy: AddressPolicy
    let resolver: any HostResolver
    /// Nil for the system's certificate authorities.
    let trustRoots: NIOSSLTrustRoots?

    public init(_ options: FetchOptions = FetchOptions()) {
        self.init(options, policy: .publicOnly, resolver: SystemResolver())
    }

    init(
        _ options: FetchOptions, policy: AddressPolicy, resolver: any HostResolver, trustRoots: NIOSSLTrustRoots? = nil
    ) {
        self.options = options
        self.policy = policy
        self.resolver = resolver
        self.trustRoots = trustRoots
    }

    /// The body at a URL, whatever it is.
    /// - Parameter count: called with the bytes of each part before it is kept; what it throws ends the fetch.
    /// - Throws: ``FetchError``; `CancellationError` if the task was cancelled.
    public func fetch(
        _ text: String, count: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) async throws -> FetchedPicture {
        guard options.isEnabled else { throw FetchError.disabled }
        let url = try Self.checked { () throws(URLFlaw) in try PictureURL(text) }
        return try await withThrowingTaskGroup(of: FetchedPicture.self) { group in
            group.addTask { try await follow(url, count) }
            group.addTask { [timeout = options.timeout] in
                try await Task.sleep(for: timeout)
                throw FetchError.timedOut(after: timeout)
            }
            defer { group.cancelAll() }
            guard let picture = try await group.next() else { throw CancellationError() }
            return picture
        }
    }

    private func follow(_ first: PictureURL, _ count: (Int) throws -> Void) async throws -> FetchedPicture {
        var url = first
        for _ in 0...options.redirects {
            switch try await request(url, at: try await address(of: url), count) {
            case .picture(let bytes):
                return FetchedPicture(url: url, bytes: bytes)
            case .redirect(let location):
                let next = try Self.checked { () throws(URLFlaw) in try url.resolving(location) }
                guard next.scheme == .https || url.scheme == .http else { throw FetchError.downgrade }
                url = next
            }
        }
        throw FetchError.tooManyRedirects(maximum: options.redirects)
    }

    private func address(of url: PictureURL) async throws -> IPAddress {
        let addresses: [IPAddress]
        switch url.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            addresses = try await resolver.addresses(of: name)
            if addresses.isEmpty { throw FetchError.nameNotFound(host: name) }
        }
        for address in addresses {
            if let kind = policy.objection(to: AddressPolicy.Endpoint(address: address, port: url.port)) {
                throw FetchError.forbiddenAddress(address, kind)
            }
        }
        return addresses[0]
    }

    private static func checked(_ read: () throws(URLFlaw) -> PictureURL) throws(FetchError) -> PictureURL {
        do throws(URLFlaw) {
            return try read()
        } catch {
            throw .invalidURL(error)
        }
    }
}

/// The body found at a URL.
public struct FetchedPicture: Sendable {
    /// Its URL, after redirects.
    public let url: PictureURL
    /// The body, unchecked but for its length.
    public let bytes: [UInt8]
}

/// How pictures are fetched from URLs.
public struct FetchOptions: Hashable, Sendable {
    public static let minimumBytes = 1_024
    public static let defaultBytes = 32 << 20
    public static let maximumBytes = 1 << 30

    public static let minimumTimeout = Duration.milliseconds(50)
    public static let defaultConnectTimeout = Duration.seconds(5)
    public static let defaultTimeout = Duration.seconds(15)
    public static let maximumTimeout = Duration.seconds(120)

    public static let minimumRedirects = 0
    public static let defaultRedirects = 5
    public static let maximumRedirects = 10

    /// Off by default: a server that fetches URLs is a way into its own network.
    public var isEnabled = false
    /// The largest body, in bytes.
    public var bytes = Self.defaultBytes { didSet { bytes = min(max(bytes, Self.minimumBytes), Self.maximumBytes) } }
    /// Time to connect, including TLS.
    public var connectTimeout = Self.defaultConnectTimeout { didSet { connectTimeout = Self.limited(connectTimeout) } }
    /// Time for everything: name lookups, redirects and the body.
    public var timeout = Self.defaultTimeout { didSet { timeout = Self.limited(timeout) } }
    /// How many redirects are followed.
    public var redirects = Self.defaultRedirects {
        didSet { redirects = min(max(redirects, Self.minimumRedirects), Self.maximumRedirects) }
    }

    public init() {}

    private static func limited(_ duration: Duration) -> Duration { min(max(duration, minimumTimeout), maximumTimeout) }
}

/// Why no picture came from a URL.
public enum FetchError: Error, Hashable, Sendable {
    case connectionFailed(reason: String)
    case disabled
    case downgrade
    /// The host is, or resolves to, an address that may not be connected to.
    case forbiddenAddress(IPAddress, AddressKind)
    case invalidURL(URLFlaw)
    case nameNotFound(host: String)
    case noLocation(status: Int)
    case status(Int)
    case timedOut(after: Duration)
    case tooLarge(maximum: Int)
    case tooManyRedirects(maximum: Int)
}

extension FetchError: CustomStringConvertible {
    /// Contains no address: errors must not reveal which internal hosts exist, or where.
    public var description: String {
        switch self {
        case .connectionFailed(let reason): "the picture could not be fetched: \(reason)"
        case .disabled: "this server does not fetch pictures from URLs"
        case .downgrade: "a redirect leads from https to http"
        case .forbiddenAddress: "the host is not at a public address"
        case .invalidURL(let flaw): "the URL cannot be used: \(flaw)"
        case .nameNotFound(let host): "there is no host named \(host)"
        case .noLocation(let status): "the host answered with a redirect (\(status)) to nowhere"
        case .status(let status): "the host answered with status \(status)"
        case .timedOut(let duration): "the picture did not arrive within \(duration)"
        case .tooLarge(let maximum): "the picture is larger than \(maximum) bytes"
        case .tooManyRedirects(let maximum): "more than \(maximum) redirects"
        }
    }
}
