import TestSupport
import Testing
import Workers

@testable import Sosia

/// Workers that run ahead of a slow picture.
struct IngestBatchTests {
    private let folder: TemporaryFolder
    private let batch: IngestBatch

    init() async throws {
        folder = try TemporaryFolder()
        let store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        batch = IngestBatch(engine: store.engine, size: 4, total: 20, progress: { _ in })
    }

    private actor Taken {
        private(set) var positions: Set<Int> = []

        func insert(_ position: Int) { positions.insert(position) }
    }

    private static func item(_ position: Int) -> IngestBatch.Item {
        .skipped(SkippedFile(path: "/\(position)", reason: .notFound))
    }

    @Test func nobodyIsAWholeBatchAheadOfTheSlowest() async throws {
        let taken = Taken()
        let batch = batch
        try await withThrowingTaskGroup(of: Void.self) { group in
            for position in 1..<20 {
                group.addTask {
                    try await batch.take(Self.item(position), at: position)
                    await taken.insert(position)
                }
            }
            while await taken.positions.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
            try await Task.sleep(for: .milliseconds(50))
            #expect(await taken.positions == [1, 2, 3])
            try await batch.take(Self.item(0), at: 0)
            try await group.waitForAll()
        }
        #expect(await batch.report.skipped.map(\.path) == (0..<20).map { "/\($0)" })
    }

    @Test func whoWaitsIsLetGoWhenTheRunEnds() async throws {
        let batch = batch
        let late = Task { try await batch.take(Self.item(9), at: 9) }
        try await Task.sleep(for: .milliseconds(10))
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test func oneErrorEndsTheWorkOfAll() async throws {
        struct Broken: Error {}
        let batch = batch
        await #expect(throws: Broken.self) {
            try await WorkerPool.run(count: 1000, jobs: 4, label: "test") { index in
                if index == 0 {
                    try await Task.sleep(for: .milliseconds(20))
                    throw Broken()
                }
                try await batch.take(Self.item(index), at: index)
            }
        }
    }
}
