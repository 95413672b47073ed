/// Why a body is not multipart/form-data (RFC 7578, RFC 2046 section 5.1).
enum MultipartError: Error, Hashable, Sendable {
    case noBoundary
    case noOpeningDelimiter
    case garbageAfterDelimiter
    case headersTooLong(maximum: Int)
    case malformedHeader
    case noName
    case endsInside
}

extension MultipartError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noBoundary: "the content type names no boundary of 1 to 70 permitted characters"
        case .noOpeningDelimiter: "the body does not begin with the boundary"
        case .garbageAfterDelimiter: "a boundary is followed by something else than a line break"
        case .headersTooLong(let maximum): "the headers of a part have more than \(maximum) bytes"
        case .malformedHeader: "a part has a malformed header"
        case .noName: "a part has no Content-Disposition: form-data with a name"
        case .endsInside: "the body ends inside a part"
        }
    }
}
