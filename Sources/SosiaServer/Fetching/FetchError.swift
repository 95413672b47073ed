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
    /// Names no address: whoever asks must not learn from an error which internal names exist, and where.
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
