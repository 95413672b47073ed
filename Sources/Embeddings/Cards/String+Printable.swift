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
