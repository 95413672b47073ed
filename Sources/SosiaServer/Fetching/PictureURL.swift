/// A URL that a picture may be fetched from: http or https, a host in one unmistakable form, a port of its own right.
///
/// What this type has read is what is connected to: it writes the URL anew from its parts, so that no other reader of
/// URLs further on can take the host for another one.
public struct PictureURL: Hashable, Sendable {
    /// Options of reading, with their limits.
    enum Limit {
        static let length = 2_048
        static let nameLength = 253
        static let labelLength = 63
    }

    enum Scheme: String, Sendable {
        case http
        case https

        var port: Int { self == .http ? 80 : 443 }
    }

    enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// Lower case, without the trailing dot.
        case name(String)
    }

    let scheme: Scheme
    let host: Host
    let port: Int
    /// Path and query, from the first slash on; the fragment is never sent.
    let target: String
}

extension PictureURL: CustomStringConvertible {
    public var description: String { origin + target }

    var origin: String {
        let port = port == scheme.port ? "" : ":\(port)"
        return switch host {
        case .name(let name): "\(scheme.rawValue)://\(name)\(port)"
        case .address(let address) where address.isV4: "\(scheme.rawValue)://\(address)\(port)"
        case .address(let address): "\(scheme.rawValue)://[\(address)]\(port)"
        }
    }

    /// The last part of the path, which names the file; empty when the path ends with a slash.
    public var fileName: Substring {
        let path = target.prefix { $0 != "?" }
        return path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }
}
