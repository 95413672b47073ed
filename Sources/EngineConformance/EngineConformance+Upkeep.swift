import SosiaCore
import Synchronization

/// What keeps a collection fast and intact.
extension EngineConformance {
    static let upkeepChecks: [Check] = [
        Check(name: "the status counts pictures") { subject in
            try await subject.engine.prepare()
            try subject.equal(try await subject.engine.status().pictures, 0)
            let ids = try await subject.add((1...5).map { try subject.entry($0) })
            _ = try await subject.engine.remove([ids[1]])
            let status = try await subject.engine.status()
            try subject.equal(status.pictures, 4)
            try subject.equal(status.lost, 0)
            try subject.expect(status.vacant >= 0 && status.vacant <= 1, "\(status.vacant) rows are vacant")
            try subject.expect(status.ledgerBytes >= 0 && status.vectorBytes >= 0, "\(status)")
        },
        Check(name: "indexes that pay change no exact answer") { subject in
            _ = try await subject.add((1...60).map { try subject.entry($0) })
            let before = try await subject.search(30, k: 60).hits
            try await subject.engine.prepareIndexes(.whatPays) { _, _ in }
            try subject.equal(try await subject.search(30, k: 60).hits, before)
            try await subject.engine.prepare()
            _ = try await subject.add([subject.entry(61)])
            try subject.equal(try await subject.search(30, k: 61).hits.count, 61)
        },
        Check(name: "a whole collection is verified as whole", needs: { $0.upkeep.contains(.verify) }) { subject in
            let ids = try await subject.add((1...20).map { try subject.entry($0) })
            _ = try await subject.engine.remove([ids[4]])
            _ = try await subject.add([subject.entry(77, at: "/pictures/2.png")])
            let verification = try await subject.watched { try await subject.engine.verify(progress: $0) }
            try subject.equal(verification.problems, [])
            try subject.equal(verification.pictures, 19)
            try subject.equal(verification.vacant, try await subject.engine.status().vacant)
        },
        Check(
            name: "a compaction keeps ids, vectors, records and answers", needs: { $0.upkeep.contains(.compact) }
        ) { subject in
            let ids = try await subject.add(
                (1...60).map { try subject.entry($0, attributes: ["n": .integer(Int64($0))]) })
            _ = try await subject.engine.remove(ids.enumerated().filter { $0.offset % 3 == 1 }.map(\.element))
            _ = try await subject.add([subject.entry(200, at: "/pictures/3.png")])
            let records = try await subject.engine.records(passing: nil, before: nil, limit: 100)
            let vectors = try await subject.vectors(limit: 100)
            let generation = try await subject.engine.status().generation
            let first = try await subject.search(30, k: 15)
            let second = try await subject.search(30, k: 15, after: first.nextCursor)
            let report = try await subject.watched { try await subject.engine.compact(progress: $0) }
            try subject.equal(report.pictures, 40)
            try subject.expect(
                report.bytesAfter <= report.bytesBefore, "\(report.bytesBefore) bytes grew to \(report.bytesAfter)")
            try subject.equal(try await subject.engine.status().vacant, 0)
            let next = try await subject.engine.status().generation
            try subject.expect(next >= generation, "the generation went from \(generation) to \(next)")
            try subject.equal(try await subject.engine.records(passing: nil, before: nil, limit: 100), records)
            try subject.equal(try await subject.vectors(limit: 100), vectors)
            try subject.equal(try await subject.search(30, k: 15).hits, first.hits)
            try subject.equal(try await subject.search(30, k: 15, after: first.nextCursor).hits, second.hits)
            // Ids of removed pictures are not used again, and writing continues.
            let new = try await subject.add([subject.entry(300)])
            try subject.expect(!ids.contains(new[0]), "\(new[0]) was given again")
            try subject.equal(try await subject.search(300, k: 1).hits.map(\.record.id), new)
        },
        Check(
            name: "an empty collection is kept up", needs: { Set($0.upkeep).isSuperset(of: [.compact, .verify]) }
        ) { subject in
            for _ in 0..<2 {
                try subject.equal(try await subject.engine.compact { _, _ in }.pictures, 0)
                try subject.equal(try await subject.engine.verify { _, _ in }.problems, [])
                let ids = try await subject.add([subject.entry(1)])
                try subject.equal(try await subject.engine.remove(ids), 1)
            }
        },
        Check(name: "whatever is cancelled ends, and leaves the collection whole") { subject in
            let ids = try await subject.add((1...200).map { try subject.entry($0) })
            _ = try await subject.engine.remove([ids[9]])
            let engine = subject.engine
            let work: [(EngineAbilities.Upkeep, @Sendable (@escaping WorkProgress) async throws -> Void)] = [
                (.duplicates, { _ = try await engine.duplicates(within: 3, limit: 9, after: nil, progress: $0) }),
                (.compact, { _ = try await engine.compact(progress: $0) }),
                (.verify, { _ = try await engine.verify(progress: $0) }),
                (.repair, { _ = try await engine.repair(progress: $0) }),
                (.indexes, { try await engine.prepareIndexes(.whatPays, progress: $0) }),
            ]
            for (kind, body) in work where engine.abilities.upkeep.contains(kind) {
                for isEarly in [true, false] {
                    let running = Mutex<Task<Void, any Error>?>(nil)
                    let task = Task {
                        while isEarly, !Task.isCancelled { await Task.yield() }
                        try await body { _, _ in running.withLock { $0?.cancel() } }
                    }
                    running.withLock { $0 = task }
                    if isEarly { task.cancel() }
                    do {
                        try await task.value
                    } catch is CancellationError {}
                    try subject.equal(try await engine.count(), 199)
                    try subject.equal(try await subject.vectors(limit: 1_000).map(\.id), ids.filter { $0 != ids[9] })
                    try subject.equal(try await subject.search(10, k: 2).hits.map(\.distance), [1, 1])
                }
            }
        },
    ]
}

extension Subject {
    /// Runs an operation and checks the progress that it reports.
    func watched<Value: Sendable>(
        line: UInt = #line, _ work: (_ progress: @escaping WorkProgress) async throws -> Value
    ) async throws -> Value {
        let calls = Mutex<[(done: Int, total: Int)]>([])
        let value = try await work { done, total in calls.withLock { $0.append((done, total)) } }
        let told = calls.withLock { $0 }
        try expect(
            told.allSatisfy { $0.done >= 0 && $0.done <= $0.total }, "the progress was \(told)", line: line)
        try expect(
            zip(told, told.dropFirst()).allSatisfy { $0.done <= $1.done }, "the progress was \(told)", line: line)
        return value
    }
}
