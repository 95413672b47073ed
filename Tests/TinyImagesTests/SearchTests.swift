import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TinyImages

struct SearchTests {
    /// All neighbours, nearest first, ties by position.
    static func reference(_ query: TinyImage, _ records: [TinyImage]) -> [TinyNeighbor] {
        records.enumerated().map { position, record in
            let sum = zip(query.bytes, record.bytes).reduce(0) { sum, pair in
                let difference = Int(pair.0) - Int(pair.1)
                return sum + difference * difference
            }
            return TinyNeighbor(position: position, squaredDistance: UInt32(sum))
        }
        .sorted { ($0.squaredDistance, $0.position) < ($1.squaredDistance, $1.position) }
    }

    @Test(arguments: [1, 3]) func theNearestAreThoseOfBruteForce(threads: Int) throws {
        let folder = try TemporaryFolder()
        let all = try records(300, seed: 2)
        let file = try TinyImageFile(folder.write(all.flatMap(\.bytes), to: "a.bin"))
        let queries = try [all[0], all[17], all[299]] + records(3, seed: 77)
        let expected = queries.map { Self.reference($0, all) }
        var options = TinySearchOptions()
        options.threads = threads
        for k in [1, 2, 10, 329, 330, 331, 10_000] {
            options.k = k
            let found = try file.nearest(to: queries, options: options)
            #expect(found == expected.map { Array($0.prefix(k)) }, "k = \(k)")
            for (query, list) in zip(queries, found) {
                #expect(try file.nearest(to: [query], options: options) == [list])
            }
        }
        #expect(try file.nearest(to: [], options: options).isEmpty)
    }

    /// More than one window, so that threads share the work and the limits.
    @Test func windowsAreJoinedExactly() throws {
        let folder = try TemporaryFolder()
        let some = try records(90, seed: 3)
        let path = folder.path + "/large.bin"
        var bytes: [UInt8] = []
        for index in 0..<9_000 { bytes += some[(index * 7 + index / 99) % 99].bytes }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let file = try TinyImageFile(path)
        #expect(file.count == 9_000)
        let kinds = (0..<9_000).map { ($0 * 7 + $0 / 99) % 99 }
        var distances: [Int: UInt32] = [:]
        for neighbor in Self.reference(some[5], some) { distances[neighbor.position] = neighbor.squaredDistance }
        let expected = try kinds.enumerated().map { position, kind in
            TinyNeighbor(position: position, squaredDistance: try #require(distances[kind]))
        }
        .sorted { ($0.squaredDistance, $0.position) < ($1.squaredDistance, $1.position) }
        for (k, threads) in [(10, 1), (10, 4), (1_000, 4), (9_000, 3)] {
            var options = TinySearchOptions()
            (options.k, options.threads) = (k, threads)
            let seen = Mutex<[TinySearchProgress]>([])
            let found = try file.nearest(to: [some[5]], options: options) { progress in
                seen.withLock { $0.append(progress) }
            }
            #expect(found == [Array(expected.prefix(k))], "k = \(k), \(threads) threads")
            #expect(seen.withLock { $0.last?.done } == 9_000 * 3_072)
        }
    }

    /// What is in the file cache is mapped all the same, so it is taken out of it.
    @Test(arguments: [1, 3]) func aFileLargerThanMemoryIsReadPastTheCache(threads: Int) throws {
        let folder = try TemporaryFolder()
        let some = try records(90, seed: 5)
        var bytes: [UInt8] = []
        for index in 0..<9_001 { bytes += some[(index * 7 + index / 99) % 99].bytes }
        let path = try folder.write(bytes + [1, 2, 3], to: "large.bin")
        let (small, large) = (try TinyImageFile(path, memory: .max), try TinyImageFile(path, memory: 1 << 20))
        #expect(!small.exceedsMemory && large.exceedsMemory)
        var options = TinySearchOptions()
        (options.k, options.threads) = (500, threads)
        let queries = [some[0], some[50]]
        let expected = try small.nearest(to: queries, options: options)
        try forget(path)
        #expect(try large.nearest(to: queries, options: options) == expected)
        try forget(path)
        var next = 0
        try large.distances(to: [some[0]], threads: threads) { first, distances in
            #expect(first == next)
            next += distances[0].count
        }
        #expect(next == 9_001)
    }

    /// Takes a file out of the file cache, as far as the system does so.
    private func forget(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        try #require(descriptor >= 0 && fsync(descriptor) == 0)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    @Test func whatHasNoRoomInOnePassTakesSeveral() throws {
        let folder = try TemporaryFolder()
        let all = try records(1_000, seed: 8)
        let file = try TinyImageFile(folder.write(all.flatMap(\.bytes), to: "a.bin"))
        var options = TinySearchOptions()
        (options.k, options.threads, options.memory) = (100, 1, TinySearchOptions.memory.minimum)
        let shared = options.queriesPerPass(over: file.count)
        options.k = 100_000
        #expect(options.queriesPerPass(over: 100_000) < 30)
        #expect(options.queriesPerPass(over: file.count) > 30, "no more are kept than there are")
        options.memory = TinySearchOptions.memory.standard
        #expect(options.queriesPerPass(over: 100_000) < 400)
        options.k = 100
        #expect(options.queriesPerPass(over: file.count) > shared)
        options.memory = TinySearchOptions.memory.minimum

        let queries = (0..<2 * shared + 1).map { all[$0 % all.count] }
        let seen = Mutex<[TinySearchProgress]>([])
        var order: [Int] = []
        try file.nearest(to: queries, options: options, progress: { done in seen.withLock { $0.append(done) } }) {
            query, nearest in
            order.append(query)
            #expect(nearest.count == 100)
            #expect(nearest[0].squaredDistance == 0)
            if query % 1_500 == 0 {
                #expect(nearest == Array(Self.reference(queries[query], all).prefix(100)))
            }
        }
        #expect(order == Array(queries.indices))
        let bytes = all.count * TinyImage.byteCount
        let passes = seen.withLock { $0 }
        #expect(passes.map(\.total).allSatisfy { $0 == 3 * bytes })
        #expect(passes.map(\.done) == [0, bytes, bytes, 2 * bytes, 2 * bytes, 3 * bytes])
        #expect(passes.last?.done == 3 * bytes)
    }

    /// Only one of the threads runs the task that is cancelled; the others must hear of it, too.
    @Test func aCancelledSearchEnds() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([], to: "a.bin")
        let windows = 60
        try #require(truncate(path, off_t(windows * 4_096 * TinyImage.byteCount)) == 0)
        let file = try TinyImageFile(path)
        let query = try file.record(0)
        let running = Mutex<Task<Void, any Error>?>(nil)
        let taken = Mutex(0)
        let task = Task {
            while running.withLock({ $0 == nil }) { await Task.yield() }
            var options = TinySearchOptions()
            (options.k, options.threads) = (10, 4)
            _ = try file.nearest(to: [query], options: options) { _ in
                taken.withLock { $0 += 1 }
                running.withLock { $0?.cancel() }
                // The thread that runs the task goes on, and so comes round first.
                if !Task.isCancelled { usleep(200_000) }
            }
        }
        running.withLock { $0 = task }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(taken.withLock { $0 } < windows / 2)
    }

    @Test func manyQueriesHaveFewerDistancesAtOnce() throws {
        let folder = try TemporaryFolder()
        let all = try records(119, seed: 6)
        let file = try TinyImageFile(folder.write(all.flatMap(\.bytes), to: "a.bin"))
        let queries = (0..<TinySearchOptions.queries.maximum * 4).map { all[$0 % 7] }
        var next = 0
        try file.distances(to: queries, threads: 1) { first, distances in
            #expect(first == next)
            #expect(distances.count * distances[0].count <= 1 << 21)
            next += distances[0].count
        }
        #expect(next == all.count)
    }

    @Test(arguments: [1, 2, 5]) func allDistancesComeInTheOrderOfTheFile(threads: Int) throws {
        let folder = try TemporaryFolder()
        let all = try records(100, seed: 4)
        let file = try TinyImageFile(folder.write(all.flatMap(\.bytes), to: "a.bin"))
        var next = 0
        var got: [[UInt32]] = [[], []]
        try file.distances(to: [all[3], all[9]], threads: threads) { first, distances in
            #expect(first == next)
            next += distances[0].count
            for query in 0..<2 { got[query] += distances[query] }
        }
        for (query, position) in [3, 9].enumerated() {
            let expected = Self.reference(all[position], all).sorted { $0.position < $1.position }
            #expect(got[query] == expected.map(\.squaredDistance))
        }
    }
}
