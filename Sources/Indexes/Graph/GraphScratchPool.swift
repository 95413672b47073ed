internal import Dispatch
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

/// `body` of 0..<count, in order, by several threads.
func concurrentMap<Result: Sendable>(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let threads = min(threads, count)
    guard threads > 1 else { return (0..<count).map(body) }
    let results = Mutex([Result?](repeating: nil, count: count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let result = body(index)
            results.withLock { $0[index] = result }
        }
    }
    return results.withLock { $0.compactMap(\.self) }
}
