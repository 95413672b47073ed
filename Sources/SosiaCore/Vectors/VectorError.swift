/// What can be wrong with a vector that comes from outside.
public enum VectorError: Error, Hashable, Sendable {
    case dimensionMismatch(got: Int, expected: Int)
    case empty
    case notFinite(position: Int)
}

extension VectorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dimensionMismatch(let got, let expected):
            "the vector has \(got) dimensions, expected \(expected)"
        case .empty:
            "the vector is empty"
        case .notFinite(let position):
            "the vector's value at position \(position) is not a finite number"
        }
    }
}
