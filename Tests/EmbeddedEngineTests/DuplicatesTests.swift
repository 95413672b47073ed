@testable import EmbeddedEngine
import SosiaCore
import TestSupport
import Testing

struct DuplicatesTests {
    let folder: TemporaryFolder
    let engine: EmbeddedEngine

    init() async throws {
        folder = try TemporaryFolder()
        let model = ModelIdentity(
            name: "grid", weightsSHA256: String(repeating: "0", count: 64), precision: .f32,
            descriptor: .init(pooling: .none), dimension: 48, metric: .l2)
        engine = try await EmbeddedEngine.made(at: folder.path + "/a.sosia", model)
    }

    private func add(_ vectors: [[Float]]) async throws {
        let count = try await engine.count()
        let entries = try vectors.enumerated().map { number, start in
            let bytes = (0..<32).map { UInt8(truncatingIfNeeded: (count + number) >> ($0 % 4 * 8)) }
            let padding = [Float](repeating: 0, count: engine.model.dimension - start.count)
            return try EmbeddedEngine.entry(
                "/\(count + number)", hash: #require(ContentHash(bytes: bytes)), Embedding(start + padding))
        }
        _ = try await engine.add(entries)
    }

    private func ids(_ response: DuplicatesResponse) -> [[Int64]] {
        response.groups.map { $0.members.map(\.id.rawValue) }
    }

    @Test func groupsAreWhatHangsTogether() async throws {
        // A chain of neighbours, a pair, and pictures that are alone.
        try await add([[0], [100], [1], [50], [2], [101], [3], [70], [200]])
        let found = try await engine.duplicates(within: 1)
        #expect(ids(found) == [[1, 3, 5, 7], [2, 6]])
        #expect(found.groups[0].members.map(\.distance) == [1, 1, 1, 1])
        #expect((found.total, found.truncated) == (2, 0))
        #expect(found.next == nil)
        #expect(try await engine.duplicates(within: 0.5).groups.isEmpty)
        #expect(try await engine.duplicates(within: 1_000).groups.map(\.members.count) == [9])
        #expect(try await engine.duplicates(within: -1).groups.isEmpty)
    }

    @Test func pagesFollowEachOtherAndChangesAreSeen() async throws {
        try await add((0..<40).map { [Float($0 / 2 * 10)] })
        var pages: [[[Int64]]] = []
        var after: ImageID?
        repeat {
            let page = try await engine.duplicates(within: 0, limit: 7, after: after)
            #expect(page.total == 20)
            pages.append(ids(page))
            after = page.next
        } while after != nil
        #expect(pages.map(\.count) == [7, 7, 6])
        let pairs = (0..<20).map { (pair: Int64) -> [Int64] in [pair * 2 + 1, pair * 2 + 2] }
        #expect(pages.flatMap(\.self) == pairs)
        _ = try await engine.remove([ImageID(rawValue: 1)])
        #expect(try await engine.duplicates(within: 0).total == 19)
        await #expect(throws: EngineError.self) { try await engine.duplicates(within: .nan) }
        let error = EngineError.invalidLimit(got: 0, minimum: 1, maximum: 10_000)
        await #expect(throws: error) { try await engine.duplicates(within: 0, limit: 0) }
        #expect(error.description == "the limit is 0, expected 1 to 10000")
    }

    @Test func largeGroupsAreWhole() async throws {
        // Equal ones, and a line of near ones that is longer than the first looks.
        try await add((0..<300).map { _ in [5] } + (0..<300).map { [1_000, Float($0)] })
        let found = try await engine.duplicates(within: 1)
        #expect(found.groups.map(\.members.count) == [300, 300])
        #expect(found.truncated == 0)
        #expect(try await engine.duplicates(within: 40).groups.map(\.members.count) == [300, 300])
    }

    @Test func groupsEqualThoseOfAllPairs() async throws {
        var generator = SplitMix(seed: 5)
        let vectors = (0..<400).map { _ in (0..<3).map { _ in Float.random(in: 0...10, using: &generator) } }
        try await add(vectors)
        for distance: Float in [0.2, 0.6, 1.1, 2] {
            var sets = DuplicateSets(count: vectors.count)
            for first in vectors.indices {
                for second in 0..<first {
                    let apart = zip(vectors[first], vectors[second]).map { $0 - $1 }
                    let square = apart.reduce(0) { $0 + $1 * $1 }
                    if square.squareRoot() <= distance { sets.join(first, second, distance: square.squareRoot()) }
                }
            }
            let groups = sets.groups(of: vectors.indices) { ImageID(rawValue: Int64($0 + 1)) }
                .map { $0.members.map(\.id.rawValue) }
            let found = try await engine.duplicates(within: distance)
            #expect(ids(found) == groups)
            #expect(found.truncated == 0)
        }
    }
}
