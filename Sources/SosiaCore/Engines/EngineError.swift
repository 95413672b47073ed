/// Why an engine refuses a request.
public enum EngineError: Error, Hashable, Sendable {
    /// The name of an attribute, or a name inside its value, has too many bytes.
    case attributeNameTooLong(picture: String, maximum: Int)
    /// The attributes of a picture are nested too deeply.
    case attributesTooDeep(picture: String, maximum: Int)
    /// All attributes of a picture together, as JSON, have too many bytes.
    case attributesTooLarge(picture: String, bytes: Int, maximum: Int)
    /// The positive and negative examples cancel each other out.
    case examplesCancel
    /// The engine broke its own promise.
    case incomplete(String)
    /// An exact answer was asked of an index that may miss neighbours.
    case inexactIndex(String)
    case invalidDistance(got: Float)
    case invalidK(got: Int, minimum: Int, maximum: Int)
    /// The size of a page of anything but hits.
    case invalidLimit(got: Int, minimum: Int, maximum: Int)
    case invalidRecall(got: Double, minimum: Double, maximum: Double)
    /// The weight of an example is zero or not finite.
    case invalidWeight(got: Float)
    case modelMismatch(got: ModelIdentity, expected: ModelIdentity)
    /// The requested index is unknown or not built.
    case noIndex(String, available: [String])
    /// No example has a positive weight.
    case noPositiveExample
    /// This page would go beyond the hits reachable by paging.
    case tooDeep(returned: Int, k: Int, maximum: Int)
    case tooMany(String, got: Int, maximum: Int)
    case unknownImage(ImageID)
    /// The engine cannot do this; `instead` says what to do instead.
    case unsupported(String, engine: String, instead: String)
    /// The name or value of an attribute contains U+0000, which databases do not accept.
    case zeroCharacter(attribute: String)
}

extension EngineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .attributeNameTooLong(let picture, let maximum):
            "the attributes of \(picture) have a name of more than \(maximum) bytes"
        case .attributesTooDeep(let picture, let maximum):
            "the attributes of \(picture) are nested more than \(maximum) deep"
        case .attributesTooLarge(let picture, let bytes, let maximum):
            "the attributes of \(picture) have \(bytes) bytes as JSON, at most \(maximum) are kept"
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
