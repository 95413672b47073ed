import Hummingbird

/// Who may do what. Without keys everyone may do everything; with keys, their scopes decide.
struct AccessPolicy: Sendable {
    /// Nil if the server asks for none.
    let keys: KeyRing?

    /// - Throws: ``AccessError``.
    func check(_ request: Request, for scope: Operation.Scope) throws {
        switch scope {
        case .open: return
        case .read: try check(request, .read)
        case .write: try check(request, .write)
        }
    }

    /// Checks the key of a client that sends it in the body.
    func check(_ key: String?, allows scope: KeyScope) throws(AccessError) {
        guard let keys else { return }
        guard let key else { throw .missingKey }
        _ = try keys.record(for: APIKey(text: key), allowing: scope)
    }

    private func check(_ request: Request, _ scope: KeyScope) throws {
        guard let keys else { return }
        let key = try APIKey(authorization: request.headers[.authorization], xAPIKey: request.headers[.apiKey])
        _ = try keys.record(for: key, allowing: scope)
    }
}

/// Why a request is refused before it is read.
public enum AccessError: Error, Hashable, Sendable {
    /// `Authorization` is not `Bearer KEY`.
    case malformedHeader
    case missingKey
    case missingScope(KeyScope)
    case twoKeys
    case unknownKey
}

extension AccessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedHeader: "the Authorization header is not of the form: Bearer KEY"
        case .missingKey: "a key is needed, in the header Authorization: Bearer KEY or x-api-key: KEY"
        case .missingScope(let scope): "the key does not have the scope \(scope.rawValue)"
        case .twoKeys: "the headers Authorization and x-api-key carry different keys"
        case .unknownKey: "the key is not known"
        }
    }
}
