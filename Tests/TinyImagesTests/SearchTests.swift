import Foundation
import Synchronization
import Testing
import TinyImages

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
