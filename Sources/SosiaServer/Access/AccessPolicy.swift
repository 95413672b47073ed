import Hummingbird

/// Who may do what. Without keys everyone may do everything; with keys, their scopes decide.
struct AccessPolicy: Sendable {
    /// Nil if the server asks for none.
    let keys: KeyRing?

    /// - Returns: whose request it is; nil if no key is asked for.
    func check(_ request: Request, for scope: Operation.Scope) throws(AccessError) -> Caller? {
        switch scope {
        case .open, .handler: nil
        case .read: try check(request, allows: .read)
        case .write: try check(request, allows: .write)
        }
    }

    /// Checks the key in the headers of a request.
    func check(_ request: Request, allows scope: KeyScope) throws(AccessError) -> Caller? {
        guard let keys else { return nil }
        let key = try APIKey(authorization: request.headers[.authorization], xAPIKey: request.headers[.apiKey])
        return .key(try keys.record(for: key, allowing: scope).name)
    }

    /// Whether a client may see the paths of files: the owner, whose machine it is when no keys are asked for, but not a
    /// page of another site; else whoever has a key that says so.
    func allowsPaths(_ request: Request) -> Bool {
        if keys != nil { return (try? check(request, allows: .paths)) != nil }
        guard let origin = request.headers[.origin] else { return true }
        let host = request.head.authority ?? ""
        return origin == "http://" + host || origin == "https://" + host
    }

    /// Checks a key that came otherwise.
    func check(_ key: String?, allows scope: KeyScope) throws(AccessError) -> Caller? {
        guard let keys else { return nil }
        guard let key else { throw .noKeyInBody(within: SeedBody.keyBytes) }
        return .key(try keys.record(for: APIKey(text: key), allowing: scope).name)
    }
}

extension Request {
    /// Whether a header has a key, right or wrong.
    var hasKey: Bool { headers.contains(.authorization) || headers.contains(.apiKey) }
}

/// Why a request is refused before it is read.
public enum AccessError: Error, Hashable, Sendable {
    /// `Authorization` is not `Bearer KEY`.
    case malformedHeader
    case missingKey
    case missingScope(KeyScope)
    /// A client of the seed interface has its key neither in a header nor at the beginning of the body.
    case noKeyInBody(within: Int)
    case twoKeys
    case unknownKey
}

extension AccessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedHeader: "the Authorization header is not of the form: Bearer KEY"
        case .missingKey: "a key is needed, in the header Authorization: Bearer KEY or x-api-key: KEY"
        case .missingScope(let scope): "the key does not have the scope \(scope.rawValue)"
        case .noKeyInBody(let bytes):
            "a key is needed, in a header or as the member key within the first \(bytes) bytes of the body"
        case .twoKeys: "the headers Authorization and x-api-key carry different keys"
        case .unknownKey: "the key is not known"
        }
    }
}
