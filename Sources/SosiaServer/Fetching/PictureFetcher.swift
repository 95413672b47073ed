internal import NIOSSL

/// Fetches pictures from URLs that strangers name, and from the public internet only.
///
/// A host is resolved once a request. Every address it has must be a public one, and the connection goes to the one that
/// was checked: nothing resolves the name again. Redirects come back here and are treated like the first URL. Proxies
/// from the environment are not used, credentials are not sent, cookies are not kept, and the type that the host gives
/// the body is not looked at: the decoder decides whether it is a picture.
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
    /// - Throws: ``FetchError``, or `CancellationError` when the task was cancelled.
    public func fetch(_ text: String) async throws -> FetchedPicture {
        guard options.isEnabled else { throw FetchError.disabled }
        let url = try Self.checked { () throws(URLFlaw) in try PictureURL(text) }
        return try await withThrowingTaskGroup(of: FetchedPicture.self) { group in
            group.addTask { try await follow(url) }
            group.addTask { [timeout = options.timeout] in
                try await Task.sleep(for: timeout)
                throw FetchError.timedOut(after: timeout)
            }
            defer { group.cancelAll() }
            guard let picture = try await group.next() else { throw CancellationError() }
            return picture
        }
    }

    private func follow(_ first: PictureURL) async throws -> FetchedPicture {
        var url = first
        for _ in 0...options.redirects {
            switch try await request(url, at: try await address(of: url)) {
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
