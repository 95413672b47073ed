/// A promise of a role that an engine or a store did not keep.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    public let check: String
    public let fact: String
    public let line: UInt

    public var description: String { "\(check), line \(line): \(fact)" }
}
