/// What any engine can answer instead of a result.
public enum EngineError: Error, Hashable, Sendable {
    /// The examples for and against weigh each other out.
    case examplesCancel
    /// The engine broke its own promise.
    case incomplete(String)
    /// The index that is asked for may miss neighbours, and the answer shall be exact.
    case inexactIndex(String)
    case invalidDistance(got: Float)
    case invalidK(got: Int, minimum: Int, maximum: Int)
    /// The number of things on a page that are not hits.
    case invalidLimit(got: Int, minimum: Int, maximum: Int)
    case invalidRecall(got: Double, minimum: Double, maximum: Double)
    /// The weight of an example is zero or no finite number.
    case invalidWeight(got: Float)
    case modelMismatch(got: ModelIdentity, expected: ModelIdentity)
    /// There is no index of the kind that is asked for, or it is not built.
    case noIndex(String, available: [String])
    /// Nothing says what the answer shall be like.
    case noPositiveExample
    /// The pages up to the wanted one have more hits than are ever given.
    case tooDeep(returned: Int, k: Int, maximum: Int)
    case tooMany(String, got: Int, maximum: Int)
    case unknownImage(ImageID)
    /// This engine cannot do it; `instead` names the way out.
    case unsupported(String, engine: String, instead: String)
    /// The character U+0000 in the name or value of an attribute, which no database takes.
    case zeroCharacter(attribute: String)
}

extension EngineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .examplesCancel:
            "the examples weigh each other out; give the positive ones more weight or leave some out"
        case .incomplete(let reason):
            reason
        case .inexactIndex(let kind):
            "the index \(kind) may miss neighbours, an exact search takes one that does not"
        case .invalidDistance(let got):
            "the distance is \(got), expected a number"
        case .invalidK(let got, let minimum, let maximum):
            "k is \(got), expected \(minimum) to \(maximum)"
        case .invalidLimit(let got, let minimum, let maximum):
            "the limit is \(got), expected \(minimum) to \(maximum)"
        case .invalidRecall(let got, let minimum, let maximum):
            "the wanted recall is \(got), expected \(minimum) to \(maximum)"
        case .invalidWeight(let got):
            "the weight of an example is \(got), expected a finite number other than 0"
        case .modelMismatch(let got, let expected):
            "the vectors are of \(got), the collection holds \(expected)"
        case .noIndex(let kind, let available):
            "there is no index \"\(kind)\" here; there are: \(available.joined(separator: ", "))"
        case .noPositiveExample:
            "no example says what the answer shall be like"
        case .tooDeep(let returned, let k, let maximum):
            "\(returned) hits were returned and \(k) more are wanted, at most \(maximum) are given"
        case .tooMany(let what, let got, let maximum):
            "\(got) \(what), at most \(maximum) are taken"
        case .unknownImage(let id):
            "there is no picture with id \(id)"
        case .unsupported(let what, let engine, let instead):
            "the \(engine) engine cannot \(what); \(instead)"
        case .zeroCharacter(let attribute):
            "the attribute \(attribute) has the character U+0000, which cannot be kept"
        }
    }
}
