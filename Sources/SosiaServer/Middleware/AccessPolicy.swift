import Hummingbird

/// Who may do what: everyone everything when there are no keys, else the keys' scopes.
struct AccessPolicy: Sendable {
    /// nil when the server asks for none.
    let keys: KeyRing?

    /// - Throws: ``AccessError``
    func check(_ request: Request, for scope: Operation.Scope) throws {
        switch scope {
        case .open: return
        case .read: try check(request, .read)
        case .write: try check(request, .write)
        }
    }

    /// For clients that send their key in the body.
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
