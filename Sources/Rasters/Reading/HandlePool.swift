internal import Synchronization

/// The open handles of one file that are not in use.
final class HandlePool: Sendable {
    /// Handles beyond this many are closed after use.
    private static let kept = 8

    private let path: String
    private let free: Mutex<[RasterHandle]>

    init(path: String, _ first: RasterHandle) {
        self.path = path
        free = Mutex([first])
    }

    /// A free handle, else a new one, for the length of `body`.
    func withHandle<Result>(
        _ body: (RasterHandle) throws(RasterError) -> Result
    ) throws(RasterError) -> Result {
        let handle =
            if let waiting = free.withLock({ $0.popLast() }) { waiting } else { try RasterHandle(opening: path) }
        // A handle that has failed is closed: some decoders go on with gray where they have given up once.
        let result = try body(handle)
        free.withLock { if $0.count < Self.kept { $0.append(handle) } }
        return result
    }
}
