import Foundation
import Synchronization

/// Finds the addresses of a host name.
public protocol HostResolver: Sendable {
    /// - Parameter name: lower case, without a trailing dot; never an address.
    /// - Returns: addresses, preferred first; empty if there is no such name.
    /// - Throws: `CancellationError` if the task was cancelled.
    func addresses(of name: String) async throws -> [IPAddress]
}

/// The system's resolver (`getaddrinfo`), which orders addresses by RFC 6724.
public struct SystemResolver: HostResolver {
    /// `getaddrinfo` blocks as long as name servers make it wait, so it gets a few threads of its own.
    private static let queue = {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 8
        return queue
    }()

    public init() {}

    /// All IPv4 and IPv6 addresses from the system's resolver.
    public func addresses(of name: String) async throws -> [IPAddress] {
        let lookup = Lookup()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard lookup.begin(continuation) else { return }
                Self.queue.addOperation {
                    guard !lookup.isOver else { return }
                    // The zone that a link-local address is written with says nothing about the address.
                    let found = Host(name: name).addresses.compactMap { IPAddress($0.prefix { $0 != "%" }) }
                    lookup.end(with: .success(found))
                }
            }
        } onCancel: {
            lookup.end(with: .failure(CancellationError()))
        }
    }

    /// Returns at the answer or at cancellation, whichever comes first: `getaddrinfo` cannot be interrupted.
    private final class Lookup: Sendable {
        typealias Continuation = CheckedContinuation<[IPAddress], any Error>

        private enum State {
            case waiting(Continuation?)
            case over
        }

        private let state = Mutex(State.waiting(nil))

        var isOver: Bool {
            state.withLock { if case .over = $0 { true } else { false } }
        }

        /// - Returns: whether to look the name up.
        func begin(_ continuation: Continuation) -> Bool {
            let isWanted = state.withLock { state in
                guard case .waiting = state else { return false }
                state = .waiting(continuation)
                return true
            }
            if !isWanted { continuation.resume(throwing: CancellationError()) }
            return isWanted
        }

        func end(with result: Result<[IPAddress], any Error>) {
            let continuation = state.withLock { state -> Continuation? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .over
                return continuation
            }
            continuation?.resume(with: result)
        }
    }
}
