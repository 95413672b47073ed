import NIOSSL

/// Fetches pictures from untrusted URLs: from the public internet, and from hosts and networks that are listed.
///
/// A host is resolved once per request. All its addresses must be permitted, and the connection goes to the address that
/// was checked: nothing resolves the name again. Redirects are checked like the first URL. Proxies from the environment,
/// credentials and cookies are not used, and the declared media type is ignored: the decoder decides whether the body is
/// a picture.
public struct PictureFetcher: Sendable {
    let options: FetchOptions
    let resolver: any HostResolver
    let connect: Connector
    /// Nil for the system's certificate authorities.
    let trustRoots: NIOSSLTrustRoots?

    /// Makes one request, to an address that was checked, and calls its last argument with the bytes of each part.
    typealias Connector = @Sendable (PictureFetcher, PictureURL, IPAddress, (Int) throws -> Void) async throws -> Answer

    public init(_ options: FetchOptions = FetchOptions()) {
        self.init(options, resolver: SystemResolver())
    }

    init(
        _ options: FetchOptions, resolver: any HostResolver, trustRoots: NIOSSLTrustRoots? = nil,
        connect: @escaping Connector = { try await $0.request($1, at: $2, $3) }
    ) {
        self.options = options
        self.resolver = resolver
        self.trustRoots = trustRoots
        self.connect = connect
    }

    /// The body at a URL, whatever it is.
    /// - Parameter count: called with the bytes of each part before it is kept; what it throws ends the fetch.
    /// - Throws: ``FetchError``; `CancellationError` if the task was cancelled.
    public func fetch(
        _ text: String, count: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) async throws -> FetchedPicture {
        guard options.fetchesAnything else { throw FetchError.disabled }
        let url = try Self.checked { () throws(URLFlaw) in try PictureURL(text) }
        return try await Self.within(options.timeout, else: .timedOut(after: options.timeout)) {
            try await follow(url, count)
        }
    }

    private static func within<Value: Sendable>(
        _ time: Duration, else error: FetchError, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                throw error
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    private func follow(_ first: PictureURL, _ count: (Int) throws -> Void) async throws -> FetchedPicture {
        var url = first
        for _ in 0...options.redirects {
            switch try await connect(self, url, try await address(of: url), count) {
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
        switch url.host {
        case .address(let address): return try permitted([address], for: url)
        case .name(let name):
            let start = ContinuousClock.now
            do {
                return try permitted(try await addresses(of: name), for: url)
            } catch let error as FetchError {
                // Not before either reason would usually be known, or time would tell them apart.
                try await Task.sleep(until: start + options.refusalTime, clock: .continuous)
                throw error
            }
        }
    }

    /// At least one; a name whose servers do not answer is one that is not known.
    private func addresses(of name: String) async throws -> [IPAddress] {
        let unknown = FetchError.nameNotFound(host: name)
        let addresses = try await Self.within(options.connectTimeout, else: unknown) { [resolver] in
            try await resolver.addresses(of: name)
        }
        if addresses.isEmpty { throw unknown }
        return addresses
    }

    /// The first of a host's addresses, if all are permitted.
    private func permitted(_ addresses: [IPAddress], for url: PictureURL) throws(FetchError) -> IPAddress {
        let policy = AddressPolicy(isPublicAllowed: options.isEnabled, hosts: options.hosts)
        for address in addresses {
            if let kind = policy.objection(to: address, of: url) { throw .forbiddenAddress(address, kind) }
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
    public static let defaultRefusalTime = Duration.milliseconds(250)

    public static let minimumRedirects = 0
    public static let defaultRedirects = 5
    public static let maximumRedirects = 10

    /// Whether pictures are fetched from the public internet. Off by default: a server that fetches URLs is a way into
    /// its own network.
    public var isEnabled = false
    /// Hosts and networks that pictures are fetched from besides.
    public var hosts = AllowedHosts.none
    /// Whether there is anything that may be fetched.
    var fetchesAnything: Bool { isEnabled || !hosts.isEmpty }
    /// The largest body, in bytes.
    public var bytes = Self.defaultBytes { didSet { bytes = min(max(bytes, Self.minimumBytes), Self.maximumBytes) } }
    /// Time to connect, including TLS.
    public var connectTimeout = Self.defaultConnectTimeout { didSet { connectTimeout = Self.limited(connectTimeout) } }
    /// Time for everything: name lookups, redirects and the body.
    public var timeout = Self.defaultTimeout { didSet { timeout = Self.limited(timeout) } }
    /// A name that is refused is refused no earlier.
    public var refusalTime = Self.defaultRefusalTime { didSet { refusalTime = min(refusalTime, Self.maximumTimeout) } }
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

extension FetchError {
    /// For the log of the server, which may know more than the client; nil if there is no more.
    var cause: String? {
        switch self {
        case .forbiddenAddress(let address, let kind): "\(address) is not fetched from: \(kind.rawValue)"
        case .nameNotFound(let host): "there is no host named \(host)"
        default: nil
        }
    }
}

extension FetchError: CustomStringConvertible {
    /// The same for a name that nobody knows and one that leads where nothing is fetched: errors must not reveal which
    /// internal hosts exist, or where.
    public var description: String {
        switch self {
        case .connectionFailed(let reason): "the picture could not be fetched: \(reason)"
        case .disabled: "this server does not fetch pictures from URLs"
        case .downgrade: "a redirect leads from https to http"
        case .forbiddenAddress, .nameNotFound: "the host is not at an address that this server fetches from"
        case .invalidURL(let flaw): "the URL cannot be used: \(flaw)"
        case .noLocation(let status): "the host answered with a redirect (\(status)) to nowhere"
        case .status(let status): "the host answered with status \(status)"
        case .timedOut(let duration): "the picture did not arrive within \(duration)"
        case .tooLarge(let maximum): "the picture is larger than \(maximum) bytes"
        case .tooManyRedirects(let maximum): "more than \(maximum) redirects"
        }
    }
}
