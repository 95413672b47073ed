import CatalogedEngine
import EngineConformance
import SosiaCore
import Testing

/// Whatever stops between two steps of a change, the collection is as before or as after it, and nothing between.
struct FaultTests {
    enum Change: CaseIterable {
        case commit, update, remove, forget
    }

    /// Ten pictures, and the changes that are broken off.
    private static func begin(_ engine: any CollectionEngine) async throws -> [ImageID] {
        try await engine.commit(IngestUnit((1...10).map { try entry($0, attributes: ["a": .integer(1)]) }))
            .compactMap(\.id)
    }

    private static func make(_ change: Change, _ ids: [ImageID], _ engine: any CollectionEngine) async throws {
        switch change {
        case .commit:
            // New ones, a known one at one more place, and a changed one.
            let new = try (11...30).map { try entry($0) } + [entry(3, at: "/copy.png"), entry(40, at: "/4.png")]
            _ = try await engine.commit(IngestUnit(new, attributes: [(file("/5.png"), ["b": .integer(2)])]))
        case .update: _ = try await engine.update(ids[2], attributes: ["a": .integer(7)])
        case .remove: _ = try await engine.remove([ids[0], ids[8]])
        case .forget: _ = try await engine.forget([file("/2.png"), file("/7.png"), file("/none.png")])
        }
    }

    /// - Parameter isOver: whether the process ends with the failure, so that no later call is made either.
    @Test(arguments: Change.allCases, [false, true])
    func aBrokenChangeIsMadeWhollyOrNotAtAll(_ change: Change, isOver: Bool) async throws {
        let reference = MemoryEngine(Fixture.description)
        let referenceIDs = try await Self.begin(reference)
        let before = try await Contents(reference)
        try await Self.make(change, referenceIDs, reference)
        let after = try await Contents(reference)
        #expect(before != after)

        for step in 1... {
            let fixture = Fixture(seed: UInt64(step))
            let engine = try fixture.engine()
            let ids = try await Self.begin(engine)
            fixture.service.fail(isOver ? step...1_000_000 : step...step)
            var isMade = true
            do { try await Self.make(change, ids, engine) } catch is ForgetfulService.Failure { isMade = false }
            let calls = fixture.service.calls

            let reopened = try await fixture.reopened()
            #expect(try await Contents(reopened) == (isMade ? after : before), "step \(step)")
            #expect(try await Contents(engine) == (isMade ? after : before), "step \(step), same process")
            if !isMade { try await Self.make(change, ids, reopened) }
            #expect(try await Contents(reopened) == after, "step \(step), once more")
            #expect(try await reopened.verify { _, _ in }.problems == [])
            try await fixture.service.refresh()
            _ = try await reopened.compact { _, _ in }
            #expect(try await Contents(reopened) == after)
            if calls < step { break }
        }
    }

    /// Nobody knows whether a commit was made whose answer is lost: the rows of both states have to stay.
    @Test func aCommitWhoseAnswerIsLostIsWhole() async throws {
        let fixture = Fixture(seed: 3)
        let engine = try fixture.engine()
        let ids = try await Self.begin(engine)
        fixture.ledger.loseNextAnswer()
        await #expect(throws: MemoryVectorLedger.Failure.self) { try await Self.make(.commit, ids, engine) }
        #expect(try await engine.count() == 30)
        #expect(try await Contents(fixture.reopened()).hits == 30)
        #expect(try await engine.verify { _, _ in }.problems == [])
    }

    @Test func straysAreNeverGivenAndGoWithCompaction() async throws {
        let fixture = Fixture(seed: 5)
        let engine = try fixture.engine()
        _ = try await Self.begin(engine)
        let contents = try await Contents(engine)
        let plan = try await fixture.ledger.plan(.commit(IngestUnit((50...55).map { try entry($0) })))
        try await fixture.service.upsert(
            plan.rows.map { ServiceRow(key: $0.key, embedding: try line(0), picture: $0.picture) })
        try await fixture.service.refresh()
        #expect(try await Contents(engine) == contents)
        #expect(try await engine.status().vacant >= 6)

        // Until the rows go, the plan might still be committed; from then on it cannot be.
        _ = try await engine.compact { _, _ in }
        #expect(try await fixture.ledger.commit(plan) == false)
        #expect(try await Contents(engine) == contents)
        try await fixture.service.refresh()
        _ = try await engine.compact { _, _ in }
        #expect(try await fixture.named() == fixture.service.keys)
        #expect(try await engine.status().vacant == 0)
    }

    @Test func rowsOfPlansThatBeganAfterTheFenceStay() async throws {
        let fixture = Fixture()
        let engine = try fixture.engine()
        _ = try await Self.begin(engine)
        _ = try await fixture.ledger.fence()
        let plan = try await fixture.ledger.plan(.commit(IngestUnit([entry(50)])))
        let fence = try await fixture.ledger.fence()
        #expect(plan.rows.allSatisfy { $0.key < fence })
        let second = try await fixture.ledger.plan(.commit(IngestUnit([entry(50)])))
        #expect(second.rows.allSatisfy { $0.key >= fence })
        #expect(try await fixture.ledger.commit(plan) == false)
        #expect(try await fixture.ledger.commit(second))
    }

    @Test func verificationFindsRowsThatAreLostOrChangedAndRepairTakesThemOut() async throws {
        let fixture = Fixture(seed: 9)
        let engine = try fixture.engine()
        let ids = try await Self.begin(engine)
        let keys = try await fixture.ledger.keys(of: [ids[3], ids[6]])
        fixture.service.damage(try #require(keys[ids[3]]), isLost: true)
        fixture.service.damage(try #require(keys[ids[6]]), isLost: false)
        let found = try await engine.verify { _, _ in }.problems
        #expect(
            found
                == [ids[3], ids[6]].map { .vector(of: $0, row: Int(keys[$0]?.rawValue ?? 0)) })
        await #expect(throws: StoreError.self) { try await engine.embedding(of: ids[3]) }
        #expect(try await engine.repair { _, _ in }.lost.map(\.id) == [ids[3], ids[6]])
        #expect(try await engine.verify { _, _ in }.problems == [])
        #expect(try await engine.search(SearchRequest(.embedding(line(0)), k: 20)).hits.count == 8)
        let back = try await engine.commit(IngestUnit([entry(4), entry(7)]))
        #expect(back.map(\.id) == [ids[3], ids[6]])
        #expect(try await engine.records([ids[3]]).first?.attributes == ["a": .integer(1)])
        #expect(try await engine.embedding(of: ids[6]) == line(7))
    }

    @Test func longWorkEndsWhenItsTaskIsCancelled() async throws {
        let fixture = Fixture()
        let engine = try fixture.engine()
        _ = try await Self.begin(engine)
        let works: [@Sendable () async throws -> Void] = [
            { _ = try await engine.verify { _, _ in } }, { _ = try await engine.repair { _, _ in } },
            { _ = try await engine.compact { _, _ in } },
            { _ = try await engine.duplicates(within: 1, limit: 1, after: nil) { _, _ in } },
            { _ = try await engine.remove([ImageID(rawValue: 1)]) },
            { _ = try await engine.search(SearchRequest(.embedding(line(1)))) },
        ]
        for work in works {
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await work()
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(try await engine.count() == 10)
    }
}
