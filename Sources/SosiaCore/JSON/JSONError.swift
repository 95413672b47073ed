/// Why a text is not JSON, or more than is read, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Fault: Hashable, Sendable {
        case expected(String)
        case notUTF8
        /// Half of a surrogate pair.
        case loneSurrogate
        /// The number is too large or too small for a `Double`.
        case outOfRange
        /// Lists and objects are nested too deeply.
        case tooDeep(maximum: Int)
        /// The name of a member has too many bytes.
        case nameTooLong(maximum: Int)
    }

    public let fault: Fault
    /// From 1.
    public let line: Int
    /// In the whole text, from 1.
    public let byte: Int
}

extension JSONError {
    /// Whether the text may well be JSON, but has more than is read.
    package var isLimit: Bool {
        switch fault {
        case .tooDeep, .nameTooLong: true
        case .expected, .notUTF8, .loneSurrogate, .outOfRange: false
        }
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let what =
            switch fault {
            case .expected(let what): "\(what) is expected"
            case .notUTF8: "this is not UTF-8"
            case .loneSurrogate: "half of a surrogate pair is no character"
            case .outOfRange: "the number is too large or too small"
            case .tooDeep(let maximum): "it is nested more than \(maximum) deep"
            case .nameTooLong(let maximum): "the name has more than \(maximum) bytes"
            }
        return "line \(line), byte \(byte): \(what)"
    }
}
