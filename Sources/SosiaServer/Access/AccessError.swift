/// Why a request is turned away before it is looked at.
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
