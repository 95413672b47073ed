import Images

/// Why a picture that was asked with could not be used.
public struct ExampleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Among the examples of its question, from 0 on.
    public let position: Int
    public let reason: SkipReason

    public init(position: Int, reason: SkipReason) {
        self.position = position
        self.reason = reason
    }

    public var description: String { "example \(position + 1): \(reason)" }

    /// What is wrong with the one picture of a question.
    var cause: any Error {
        if case .decoding(let error) = reason { return error }
        return reason
    }
}
