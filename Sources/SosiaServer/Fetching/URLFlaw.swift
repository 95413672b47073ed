/// What keeps a text from being a URL that a picture may be fetched from.
public enum URLFlaw: Error, Hashable, Sendable {
    case address
    case character
    case host
    case noHost
    case numericHost
    case port
    case scheme
    case tooLong(maximum: Int)
    case userInfo
    case zone
}

extension URLFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address: "what stands in brackets is not an IPv6 address"
        case .character: "it has a character that must be percent-encoded (in a host name: written as xn--)"
        case .host: "the host is not a valid name"
        case .noHost: "it names no host"
        case .numericHost: "the host is a number, but not four decimal ones without leading zeros"
        case .port: "the port must be 80, 443 or from 1024 to 65535"
        case .scheme: "it does not start with http:// or https://"
        case .tooLong(let maximum): "it is longer than \(maximum) characters"
        case .userInfo: "it has a user name or password"
        case .zone: "the IPv6 address names a zone"
        }
    }
}
