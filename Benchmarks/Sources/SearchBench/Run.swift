import FileSystem
import SosiaCore

/// Searches of one index with one set of options.
struct Run {
    let index: any BenchmarkedIndex
    let base: MappedRows
    let queries: MappedRows
    let ids: [Int64]
    let allowed: RowFilter?
    let k: Int
    let settings: Settings

    /// Searches the queries of `range`, `step` at a time, and takes the time of each call.
    func answer(_ range: Range<Int>, step: Int) throws -> Answer {
        guard range.lowerBound >= 0, range.upperBound <= queries.rows, step > 0 else {
            throw CommandError.outOfRange("the queries")
        }
        return try answer(index, range, step: step)
    }

    private func answer<Index: BenchmarkedIndex>(_ index: Index, _ range: Range<Int>, step: Int) throws -> Answer {
        let options = try Index.searchOptions(settings)
        let dimension = queries.dimension
        // As the engine does it.
        let budget = settings.memory.flatMap(MemoryBudget.init(bytes:))
        base.file.advise(.random)
        var times: [Int] = []
        var lists: [NeighborList] = []
        times.reserveCapacity(range.count)
        lists.reserveCapacity(range.count)
        try queries.withFloats { floats in
            try base.withRows { rows in
                for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
                    let last = min(first + step, range.upperBound)
                    let some = floats.extracting(first * dimension..<last * dimension)
                    let start = ContinuousClock.now
                    let found = try index.search(
                        some, k: k, rows: rows, ids: ids.span, allowed: allowed, options: options)
                    budget?.hold(base.file)
                    times.append((ContinuousClock.now - start).nanoseconds)
                    lists += found
                }
            }
        }
        let count = Double(max(lists.count, 1))
        return Answer(
            nanoseconds: times, found: lists.map { $0.neighbors.map(\.row) },
            scanned: Double(lists.reduce(0) { $0 + $1.scanned }) / count,
            measured: Double(lists.reduce(0) { $0 + $1.measured }) / count)
    }
}
