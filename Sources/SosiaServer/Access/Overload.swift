/// There is more work than is let in: try again later.
public struct Overload: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whole seconds after which a new try is likely to succeed, at least 1: for the header `Retry-After`.
    public let retryAfter: Int

    public var description: String { "too much to do at the moment; try again in \(retryAfter) s" }
}
