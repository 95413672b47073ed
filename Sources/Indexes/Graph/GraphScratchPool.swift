internal import Kernels
internal import Synchronization

/// Arrays of walks that no search is using. Safe from any thread.
final class GraphScratchPool: Sendable {
    private static let kept = 16
    private let free = Mutex<[GraphScratch]>([])

    func with<Result>(_ body: (inout GraphScratch) -> Result) -> Result {
        var scratch = free.withLock { $0.popLast() } ?? GraphScratch()
        let result = body(&scratch)
        let returned = scratch
        free.withLock { list in
            if list.count < Self.kept { list.append(returned) }
        }
        return result
    }
}
