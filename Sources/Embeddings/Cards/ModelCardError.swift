/// Why a model card cannot be used.
public enum ModelCardError: Error, Hashable, Sendable {
    case fileMissing(path: String)
    case unreadable(path: String, reason: String)
    case tooLarge(bytes: Int, limit: Int)
    case malformed(reason: String)
    case invalid(field: String, got: String, expected: String)
}

extension ModelCardError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fileMissing(let path):
            "there is no model card at \(path.printable)"
        case .unreadable(let path, let reason):
            "the model card \(path.printable) cannot be read: \(reason.printable)"
        case .tooLarge(let bytes, let limit):
            "the model card has \(bytes) bytes, at most \(limit) are read"
        case .malformed(let reason):
            "the model card is malformed: \(reason.printable)"
        case .invalid(let field, let got, let expected):
            "the model card's \(field) is \"\(got.printable)\", expected \(expected)"
        }
    }
}
