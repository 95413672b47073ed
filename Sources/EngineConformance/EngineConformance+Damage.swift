import SosiaCore

/// Records that a failing disk has changed, and collections that are taken away.
extension EngineConformance {
    private static func text(_ number: Int) -> String { "what picture \(number) says of itself" }

    static let damageChecks: [Check] = [
        Check(
            name: "a record that a disk has changed is told, never given, and never covered up",
            needs: { $0.upkeep.contains(.verify) }
        ) { subject in
            let ids = try await subject.add(
                (1...5).map { try subject.entry($0, attributes: ["says": .string(text($0))]) })
            guard let engine = try await subject.host.damageRecord(containing: text(3)) else { return }
            func isTold() async throws {
                try subject.equal(try await engine.verify { _, _ in }.problems, [.record(of: ids[2])])
            }
            func isRefused(_ body: () async throws -> Void) async throws {
                try await subject.fails(body) {
                    if case .recordDamaged(_, ids[2]) = $0 as? StoreError { true } else { false }
                }
            }
            try await isTold()
            try subject.equal(try await engine.records([ids[0], ids[4]]).count, 2)
            try await isRefused { _ = try await engine.records(ids) }
            try await isRefused { _ = try await engine.records(passing: nil, before: nil, limit: 9) }
            try await isRefused { _ = try await engine.search(SearchRequest(.image(ids[0]), k: 9)) }
            try await isRefused { _ = try await engine.update(ids[2], attributes: ["says": .null]) }
            _ = try await engine.commit(
                IngestUnit([subject.entry(3, at: "/copy"), subject.entry(4, attributes: ["x": .integer(1)])]))
            try await isTold()
            _ = try await engine.forget([subject.file("/copy")])
            if engine.abilities.upkeep.contains(.compact) { _ = try await engine.compact { _, _ in } }
            try await isTold()
        },
        Check(
            name: "repair reads again what a picture's bytes tell, and says what it could not prove",
            needs: { $0.upkeep.contains(.repair) }
        ) { subject in
            let ids = try await subject.add(
                (1...5).map { try subject.entry($0, attributes: ["says": .string(text($0))]) })
            guard let engine = try await subject.host.damageRecord(containing: text(3)) else { return }
            let others = try await engine.records([ids[0], ids[1], ids[3], ids[4]])
            let facts = PictureFacts(format: "webp", width: 1, height: 2)
            let report = try await engine.repair(reading: { $0.id == ids[2] ? facts : nil }, progress: { _, _ in })
            try subject.equal(report.records, [RecordRepair(id: ids[2], outcome: .factsRead)])
            try subject.equal(report.lost, [])
            try subject.equal(report.pictures, 5)
            let record = try await engine.records([ids[2]])
            try subject.equal(record.map(\.facts), [facts])
            try subject.equal(record.map(\.sources), [[subject.file("/pictures/3.png")]])
            try subject.equal(try await engine.records([ids[0], ids[1], ids[3], ids[4]]), others)
            try subject.equal(try await engine.repair { _, _ in }.records, [])
            guard engine.abilities.upkeep.contains(.verify) else { return }
            try subject.equal(try await engine.verify { _, _ in }.problems, [])
        },
        Check(name: "whoever has a collection open that was taken away is told") { subject in
            _ = try await subject.add([subject.entry(1)])
            try await subject.engine.checkPresence()
            guard try await subject.host.takeAway() else { return }
            let unit = IngestUnit([try subject.entry(2)])
            let uses: [() async throws -> Void] = [
                { try await subject.engine.checkPresence() }, { try await subject.engine.prepare() },
                { _ = try await subject.engine.commit(unit) },
            ]
            for use in uses {
                try await subject.fails(use) { if case .gone = $0 as? StoreError { true } else { false } }
            }
        },
    ]
}
