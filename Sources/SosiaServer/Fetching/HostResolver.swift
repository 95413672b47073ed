/// Finds the addresses of a host name.
public protocol HostResolver: Sendable {
    /// - Parameter name: lower case, without a trailing dot; never an address.
    /// - Returns: addresses in the order in which they should be tried; empty when there is no such name.
    /// - Throws: `CancellationError` when the task was cancelled meanwhile.
    func addresses(of name: String) async throws -> [IPAddress]
}
