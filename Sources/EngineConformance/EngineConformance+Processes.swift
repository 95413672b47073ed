import SosiaCore

/// One collection, opened more than once.
extension EngineConformance {
    static let processChecks: [Check] = [
        Check(name: "whoever opens the collection later sees all of it", needs: { $0.visibility == .atOnce }) {
            subject in
            let ids = try await addShop(to: subject)
            let stamp = ImageSource.Stamp(size: 3, modified: 4)
            let container = try await subject.engine.begin(subject.container("/a.tif"))
            _ = try await subject.add([subject.entry(50, at: subject.file("/é"), stamp: stamp)])
            _ = try await subject.engine.remove([ids[3]])
            guard let other = try await subject.host.open(.read) else { return }
            try subject.equal(other.model, subject.engine.model)
            try subject.equal(other.identity, subject.engine.identity)
            try subject.equal(other.abilities, subject.engine.abilities)
            try subject.equal(try await other.count(), 40)
            try subject.equal(
                try await other.records(passing: nil, before: nil, limit: 99),
                try await subject.engine.records(passing: nil, before: nil, limit: 99))
            try subject.equal(try await other.vectors(after: nil, limit: 99), try await subject.vectors(limit: 99))
            try subject.equal(try await other.sources(at: [subject.file("/é")]).map { $0?.stamp }, [stamp])
            try subject.equal(
                try await other.container(container), try await subject.engine.container(container))
            try subject.equal(
                try await other.attributeSummaries(), try await subject.engine.attributeSummaries())
        },
        Check(
            name: "pages go on in a collection that was opened in their middle", needs: { $0.visibility == .atOnce }
        ) { subject in
            let ids = try await subject.add((1...30).map { try subject.entry($0) })
            let whole = try await subject.search(0, k: 30).hits
            let page = try await subject.search(0, k: 10)
            let records = try await subject.engine.records(passing: nil, before: nil, limit: 10)
            guard let engine = try await subject.host.open(.read) else { return }
            let other = Subject(check: subject.check, host: subject.host, engine: engine)
            let cursor = page.nextCursor.flatMap { SearchCursor($0.description) }
            try subject.equal(try await other.search(0, k: 20, after: cursor).hits, Array(whole[10...]))
            try subject.equal(
                try await engine.records(passing: nil, before: records.last?.id, limit: 99).map(\.id),
                Array(ids[..<20].reversed()))
            // The next page of the second engine shows a commit of the first.
            _ = try await subject.engine.remove([ids[10]])
            let late = try await subject.add([subject.entry(0, at: "/0"), subject.entry(11, at: "/again")])
            try subject.equal(
                try await other.search(0, k: 3, after: cursor).hits.map(\.record.id), [late[1], ids[11], ids[12]])
            try subject.equal(try await other.search(0, k: 1).hits.map(\.record.id), [late[0]])
            _ = try await subject.engine.update(ids[0], attributes: ["x": .integer(1)])
            try subject.equal(try await other.search(0, where: "x = 1").hits.map(\.record.id), [ids[0]])
        },
        Check(name: "whoever opened the collection for reading cannot change it") { subject in
            let ids = try await subject.add([subject.entry(1)])
            guard let other = try await subject.host.open(.read) else { return }
            let (unit, file) = (IngestUnit([try subject.entry(2)]), subject.container("/a.tif"))
            let changes: [() async throws -> Void] = [
                { _ = try await other.commit(unit) }, { _ = try await other.remove(ids) },
                { _ = try await other.update(ids[0], attributes: ["x": .null]) },
                { _ = try await other.forget([subject.file("/pictures/1.png")]) },
                { _ = try await other.begin(file) }, { try await other.move(container: 1, to: "/x", on: machine) },
                { _ = try await other.finish(container: 1, isComplete: true, forgetting: []) },
                { _ = try await other.forget(containers: [1]) },
            ]
            for change in changes {
                try await subject.fails(change) {
                    if case .readOnly = $0 as? StoreError { true } else { false }
                }
            }
            try subject.equal(try await subject.engine.records(passing: nil, before: nil, limit: 9).map(\.id), ids)
        },
        Check(name: "a second writer is refused", needs: { $0.writers == .one }) { subject in
            let ids = try await subject.add([subject.entry(1)])
            try await subject.fails {
                _ = try await subject.host.open(.write)
            } matches: {
                if case .locked = $0 as? StoreError { true } else { false }
            }
            let more = try await subject.add([subject.entry(2)])
            try subject.equal(try await subject.engine.records(ids + more).count, 2)
        },
        Check(name: "two writers are served", needs: { $0.writers == .many }) { subject in
            guard let other = try await subject.host.open(.write) else { return }
            let engines = [subject.engine, other]
            let outcomes = try await withThrowingTaskGroup(of: [IngestOutcome].self) { group in
                for (number, engine) in engines.enumerated() {
                    group.addTask {
                        var outcomes: [IngestOutcome] = []
                        for step in 0..<20 {
                            // Both add every fifth picture, each at its own location.
                            let content = step % 5 == 0 ? step : 100 * (number + 1) + step
                            let entry = try subject.entry(content, at: "/\(number)/\(step)")
                            outcomes += try await engine.commit(IngestUnit([entry]))
                        }
                        return outcomes
                    }
                }
                return try await group.reduce([], +)
            }
            try subject.equal(Set(outcomes.compactMap(\.id)).count, 36)
            let added = outcomes.count { if case .added = $0 { true } else { false } }
            try subject.equal(added, 36)
            try subject.equal(outcomes.count { if case .duplicate = $0 { true } else { false } }, 4)
            for engine in engines where engine.abilities.visibility == .atOnce {
                try subject.equal(try await engine.count(), 36)
                try subject.equal(try await engine.vectors(after: nil, limit: 99).count, 36)
            }
        },
    ]
}
