/// What any engine can answer instead of a result.
public enum EngineError: Error, Hashable, Sendable {
    case invalidK(got: Int, minimum: Int, maximum: Int)
    case invalidRecall(got: Double, minimum: Double, maximum: Double)
    case modelMismatch(got: ModelIdentity, expected: ModelIdentity)
    case unknownImage(ImageID)
}

extension EngineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidK(let got, let minimum, let maximum):
            "k is \(got), expected \(minimum) to \(maximum)"
        case .invalidRecall(let got, let minimum, let maximum):
            "the wanted recall is \(got), expected \(minimum) to \(maximum)"
        case .modelMismatch(let got, let expected):
            "the vectors are of \(got), the collection holds \(expected)"
        case .unknownImage(let id):
            "there is no picture with id \(id)"
        }
    }
}
