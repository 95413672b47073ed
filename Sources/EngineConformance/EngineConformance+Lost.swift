import SosiaCore

/// Pictures whose vectors a failing disk has damaged.
extension EngineConformance {
    private static func can(_ abilities: EngineAbilities) -> Bool { abilities.upkeep.contains(.repair) }

    static let lostChecks: [Check] = [
        Check(
            name: "verify finds the vector that a disk has changed, and changes nothing",
            needs: { $0.upkeep.contains(.verify) }
        ) { subject in
            let ids = try await subject.add((1...20).map { try subject.entry($0) })
            guard let engine = try await subject.host.damageVector(of: ids[6]) else { return }
            for _ in 0..<2 {
                let problems = try await engine.verify { _, _ in }.problems
                try subject.expect(names(ids[6], problems), "\(problems)")
                let others = problems.filter { if case .vector(let id, _) = $0 { id != ids[6] } else { false } }
                try subject.equal(others, [])
            }
            try subject.equal(try await engine.records(ids).map(\.id), ids)
            // A compaction may refuse because of the damage, but must not copy it unnoticed.
            guard engine.abilities.upkeep.contains(.compact) else { return }
            if (try? await engine.compact { _, _ in }) != nil {
                try subject.expect(names(ids[6], try await engine.verify { _, _ in }.problems), "it was covered up")
            }
        },
        Check(name: "repair takes out what is damaged, and nothing else", needs: can) { subject in
            let ids = try await subject.add(
                (1...20).map { try subject.entry($0, attributes: ["n": .integer(Int64($0))]) })
            _ = try await subject.engine.remove([ids[0]])
            guard let engine = try await subject.lose([ids[6], ids[2]]) else { return }
            let left = ids.filter { ![ids[0], ids[2], ids[6]].contains($0) }
            try subject.equal(try await engine.vectors(after: nil, limit: 99).map(\.id), left)
            try subject.equal(try await engine.count(), 17)
            try subject.equal(try await engine.records([ids[2]]), [])
            try subject.equal(try await engine.status().lost, 2)
            try subject.equal(try await engine.status().pictures, 17)
            let request = try SearchRequest(.embedding(subject.vector(7)), k: 2, mode: subject.mode)
            try subject.equal(try await engine.search(request).hits.map(\.record.id), [ids[5], ids[7]])
            try subject.equal(try await engine.known([subject.hash(7)]), [[]])
            try subject.equal(try await engine.sources(at: [subject.file("/pictures/7.png")]), [nil])
            let uses: [() async throws -> Void] = [
                { _ = try await engine.update(ids[6], attributes: ["n": .null]) },
                { _ = try await engine.embedding(of: ids[6]) },
                { _ = try await engine.search(SearchRequest(.image(ids[6]))) },
            ]
            for use in uses { try await subject.fails(use) { ($0 as? EngineError) == .unknownImage(ids[6]) } }
            let origins = try await engine.origins(of: [ids[6], ids[5]])
            try subject.equal(origins.map { $0?.isLost }, [true, false])
            try subject.equal(origins.map { $0?.hash }, [try subject.hash(7), try subject.hash(6)])
            try subject.equal(origins.first??.sources, [subject.file("/pictures/7.png")])
            let lost = try await engine.lost(after: nil, limit: 1)
            try subject.equal(lost.map(\.id), [ids[2]])
            try subject.equal(try await engine.lost(after: ids[2], limit: 9), origins.prefix(1).compactMap(\.self))
            // A walk over the files still finds them; even files that are unchanged have to be read again.
            let locations = try await engine.locations(below: "/pictures", on: machine, after: nil, limit: 99)
            try subject.expect(locations.contains(subject.file("/pictures/3.png")), "\(locations)")
            // There is nothing left to repair.
            let again = try await engine.repair { _, _ in }
            try subject.equal(again.lost.map(\.id), [ids[2], ids[6]])
            try subject.equal(again.pictures, 17)
            if engine.abilities.upkeep.contains(.verify) {
                try subject.equal(try await engine.verify { _, _ in }.problems, [])
            }
        },
        Check(name: "a lost picture is back with its bytes, its id and its attributes", needs: can) { subject in
            let ids = try await subject.add(
                (1...4).map { try subject.entry($0, attributes: ["n": .integer(Int64($0))]) }
                    + [subject.entry(2, at: "/copy")])
            guard let engine = try await subject.lose(Array(ids[..<4])) else { return }
            // Without content the picture cannot be brought back.
            let unread = try subject.entry(1, at: subject.file("/pictures/1.png"), isRead: false)
            try subject.equal(try await engine.commit(IngestUnit([unread])), [.unknown])
            let unit = IngestUnit([
                try subject.entry(1, attributes: ["m": .bool(true)]), try subject.entry(2, at: "/elsewhere"),
                // New content at a lost picture's only location is that picture, changed.
                try subject.entry(30, at: "/pictures/3.png"),
            ])
            try subject.equal(try await engine.commit(unit).map(\.id), Array(ids[..<3]))
            let records = try await engine.records(ids)
            try subject.equal(records.map(\.id), ids[..<3] + [ids[1]])
            try subject.equal(records.first?.attributes, ["n": .integer(1), "m": .bool(true)])
            try subject.equal(records[1].attributes, ["n": .integer(2)])
            try subject.equal(records[1].sources, [subject.file("/elsewhere")])
            try subject.equal(records[2].facts.width, 40)
            try subject.equal(try await engine.embedding(of: ids[2]), subject.vector(30))
            try subject.equal(try await engine.lost(after: nil, limit: 9).map(\.id), [ids[3]])
            let new = try await engine.commit(IngestUnit([subject.entry(50)])).compactMap(\.id)
            try subject.expect(!ids.contains(new[0]), "\(new[0]) was given again")
        },
        Check(name: "another content at one of two places of a lost picture is a new one", needs: can) { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(1, at: "/b")])
            guard let engine = try await subject.lose([ids[0]]) else { return }
            let new = try await engine.commit(IngestUnit([subject.entry(5, at: "/a")])).compactMap(\.id)
            try subject.expect(new != [ids[0]], "it took the id of the lost one")
            try subject.equal(try await engine.lost(after: nil, limit: 9).map(\.sources), [[subject.file("/b")]])
            // Now /b is its only location.
            try subject.equal(try await engine.commit(IngestUnit([subject.entry(6, at: "/b")])).map(\.id), [ids[0]])
            try subject.equal(try await engine.lost(after: nil, limit: 9), [])
        },
        Check(name: "lost pictures are removed, and forgotten with their last place", needs: can) { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a"), subject.entry(2, at: "/b"), subject.entry(2, at: "/c"),
                subject.entry(3, at: .upload(subject.hash(3), name: "x")), subject.entry(4, at: "/d"),
            ])
            guard let engine = try await subject.lose([ids[0], ids[1], ids[3]]) else { return }
            let uploads = try await engine.uploads(after: nil, limit: 9)
            try subject.equal(uploads.map(\.id), [ids[3]])
            try subject.equal(uploads.map(\.isLost), [true])
            try subject.equal(try await engine.forget([subject.file("/b")]), 0)
            try subject.equal(try await engine.lost(after: ids[0], limit: 1).map(\.sources), [[subject.file("/c")]])
            try subject.equal(try await engine.forget([subject.file("/c"), subject.file("/a")]), 2)
            try subject.equal(try await engine.lost(after: nil, limit: 9).map(\.id), [ids[3]])
            try subject.equal(try await engine.remove([ids[3], ids[0], ids[4]]), 2)
            try subject.equal(try await engine.status().lost, 0)
            try subject.equal(try await engine.origins(of: [ids[3]]), [nil])
            try subject.equal(try await engine.uploads(after: nil, limit: 9), [])
            // What was removed does not come back.
            let new = try await engine.commit(IngestUnit([subject.entry(1, at: "/a")])).compactMap(\.id)
            try subject.expect(!ids.contains(new[0]), "\(new[0]) was given again")
        },
        Check(name: "a lost tile reopens its container, and goes with it", needs: can) { subject in
            let windows = [0, 10].map { PixelWindow(x: $0, y: 0, width: 10, height: 10) }
            let files = ["/a.tif", "/b.tif"].map { subject.container($0) }
            var (numbers, ids): ([Int64], [ImageID]) = ([], [])
            for file in files {
                let number = try await subject.engine.begin(file)
                ids += try await subject.cut(file, number, windows)
                _ = try await subject.engine.finish(container: number, isComplete: true, forgetting: [])
                numbers.append(number)
            }
            guard let engine = try await subject.lose([ids[0], ids[2]]) else { return }
            for number in numbers { try subject.equal(try await engine.container(number)?.isComplete, false) }
            try subject.equal(try await engine.tiles(of: numbers[0], after: nil, limit: 9).map(\.window), [windows[1]])
            let lost = try await engine.lost(after: nil, limit: 9)
            try subject.equal(lost.map { $0.tile?.window }, [windows[0], windows[0]])
            try subject.equal(lost.map { $0.tile?.container }, numbers.map(\.self))
            try subject.equal(try await engine.forget(containers: [numbers[1]]), 2)
            try subject.equal(try await engine.lost(after: nil, limit: 9).map(\.id), [ids[0]])
            let back = Subject(check: subject.check, host: subject.host, engine: engine)
            try subject.equal(try await back.cut(files[0], numbers[0], windows), Array(ids[..<2]))
            try subject.equal(try await engine.records([ids[0]]).map { $0.tile?.window }, [windows[0]])
            try subject.equal(try await back.tiles(of: numbers[0], limit: 9).map(\.isCurrent), [true, true])
        },
    ]

    private static func names(_ id: ImageID, _ problems: [EngineVerification.Problem]) -> Bool {
        problems.contains { if case .vector(id, _) = $0 { true } else { false } }
    }
}

extension Subject {
    /// Damages the vectors of pictures and repairs the collection.
    /// - Returns: the repaired engine; nil if the stored vectors cannot be reached.
    func lose(_ ids: [ImageID], line: UInt = #line) async throws -> (any CollectionEngine)? {
        let before = try await engine.count()
        var damaged: (any CollectionEngine)?
        for id in ids { damaged = try await host.damageVector(of: id) }
        guard let engine = damaged else { return nil }
        let generation = try await engine.status().generation
        let report = try await engine.repair { _, _ in }
        let next = try await engine.status().generation
        try expect(next >= generation, "the generation went from \(generation) to \(next)", line: line)
        try equal(report.lost.map(\.id), ids.sorted(), line: line)
        try equal(report.pictures, before - ids.count, line: line)
        return engine
    }
}
