/// Why a model card cannot be used.
public enum ModelCardError: Error, Hashable, Sendable {
    case fileMissing(path: String)
    case unreadable(path: String, reason: String)
    case tooLarge(bytes: Int, limit: Int)
    case malformed(reason: String)
    case invalid(field: String, got: String, expected: String)
    /// A value that a card may have, but that this release cannot compute.
    case unsupported(field: String, got: String, known: [String])
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
        case .unsupported(let field, let got, let known):
            "the model card's \(field) is \"\(got.printable)\", which cannot be computed; known: "
                + known.joined(separator: ", ")
        }
    }
}

extension String {
    var hasControlCharacters: Bool {
        unicodeScalars.contains(where: Self.isControl)
    }

    /// The text on one line, cut at 600 characters: safe to log wherever it came from.
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(600).map { Self.isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
