import SosiaCore

/// What an entry turns out to be if each file is a separate picture.
extension EngineConformance {
    static let fileChecks: [Check] = [
        Check(name: "each file is a picture with attributes of its own", identity: .file) { subject in
            try subject.equal(subject.engine.identity, .file)
            let outcomes = try await subject.commit([
                subject.entry(1, at: "/a", attributes: ["x": .integer(1)]),
                subject.entry(1, at: "/b", attributes: ["x": .integer(2)]),
            ])
            let ids = outcomes.compactMap(\.id)
            try subject.equal(outcomes, ids.map(IngestOutcome.added))
            try subject.equal(Set(ids).count, 2)
            _ = try await subject.engine.update(ids[1], attributes: ["y": .integer(3)])
            let records = try await subject.engine.records(ids)
            try subject.equal(records.map(\.sources), [[subject.file("/a")], [subject.file("/b")]])
            try subject.equal(records.map(\.attributes), [["x": .integer(1)], ["x": .integer(2), "y": .integer(3)]])
            try subject.equal(try await subject.search(1).hits.map(\.record.id), ids)
            try subject.equal(try await subject.engine.known([subject.hash(1)]).map { $0.map(\.id) }, [ids])
        },
        Check(name: "equal bytes are embedded once: what is known needs no content", identity: .file) { subject in
            let first = try await subject.commit([
                subject.entry(1, at: "/a"), subject.entry(1, at: subject.file("/b"), isRead: false),
            ])
            let second = try await subject.commit([subject.entry(1, at: subject.file("/c"), isRead: false)])
            let ids = (first + second).compactMap(\.id)
            // The entry without content precedes the one that it could copy from, so it has to be read again.
            try subject.equal(first[1], .unknown)
            try subject.equal(second, second.compactMap(\.id).map(IngestOutcome.added))
            for id in ids { try subject.equal(try await subject.engine.embedding(of: id), subject.vector(1)) }
            try subject.equal(try await subject.engine.records(ids).map(\.facts.width), [11, 11])
        },
        Check(name: "a file that moved keeps its id and attributes, a copy gets its own", identity: .file) { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a", attributes: ["x": .integer(1)])])
            let outcomes = try await subject.commit([
                subject.entry(1, at: subject.file("/b"), isRead: false, gone: [subject.file("/a")]),
                subject.entry(1, at: subject.file("/c"), isRead: false, gone: [subject.file("/a")]),
            ])
            try subject.equal(outcomes[0], .moved(ids[0]))
            guard case .added(let copy) = outcomes[1] else {
                throw ConformanceFailure(check: subject.check, fact: "\(outcomes[1])", line: #line)
            }
            let records = try await subject.engine.records([ids[0], copy])
            try subject.equal(records.map(\.sources), [[subject.file("/b")], [subject.file("/c")]])
            try subject.equal(records.map(\.attributes), [["x": .integer(1)], [:]])
        },
        Check(name: "files that were renamed in a chain keep their ids", identity: .file) { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a", attributes: ["n": .integer(1)]),
                subject.entry(2, at: "/b", attributes: ["n": .integer(2)]),
            ])
            try subject.equal(
                try await subject.commit([
                    subject.entry(1, at: subject.file("/b"), isRead: false, gone: [subject.file("/a")]),
                    subject.entry(2, at: subject.file("/c"), isRead: false, gone: [subject.file("/b")]),
                ]), [.changed(ids[0]), .moved(ids[1])])
            let records = try await subject.engine.records(ids)
            try subject.equal(records.map(\.sources), [[subject.file("/b")], [subject.file("/c")]])
            try subject.equal(records.map(\.attributes), [["n": .integer(1)], ["n": .integer(2)]])
        },
        Check(name: "files that exchange their bytes stay where they are", identity: .file) { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a", attributes: ["n": .integer(1)]),
                subject.entry(2, at: "/b", attributes: ["n": .integer(2)]),
            ])
            try subject.equal(
                try await subject.commit([
                    subject.entry(2, at: subject.file("/a"), isRead: false),
                    subject.entry(1, at: subject.file("/b"), isRead: false),
                ]), ids.map(IngestOutcome.changed))
            try subject.equal(try await subject.engine.embedding(of: ids[0]), subject.vector(2))
            try subject.equal(try await subject.engine.embedding(of: ids[1]), subject.vector(1))
            try subject.equal(
                try await subject.engine.records(ids).map(\.attributes), [["n": .integer(1)], ["n": .integer(2)]])
        },
        Check(name: "a touched and a changed file keep their ids", identity: .file) { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(1, at: "/b")])
            try subject.equal(
                try await subject.commit([
                    subject.entry(1, at: subject.file("/b"), isRead: false), subject.entry(3, at: "/a"),
                ]), [.touched(ids[1]), .changed(ids[0])])
            try subject.equal(try await subject.engine.embedding(of: ids[0]), subject.vector(3))
            try subject.equal(try await subject.engine.embedding(of: ids[1]), subject.vector(1))
            try subject.equal(try await subject.engine.forget([subject.file("/b")]), 1)
            try subject.equal(try await subject.engine.count(), 1)
        },
        Check(
            name: "a lost file is back with its own id and attributes", needs: { $0.upkeep.contains(.repair) },
            identity: .file
        ) { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a", attributes: ["n": .integer(1)]),
                subject.entry(1, at: "/b", attributes: ["n": .integer(2)]),
            ])
            guard let engine = try await subject.lose([ids[1]]) else { return }
            let entry = try subject.entry(1, at: subject.file("/b"), isRead: false)
            try subject.equal(try await engine.commit(IngestUnit([entry])).map(\.id), [ids[1]])
            try subject.equal(
                try await engine.records(ids).map(\.attributes), [["n": .integer(1)], ["n": .integer(2)]])
            try subject.equal(try await engine.embedding(of: ids[1]), subject.vector(1))
        },
        Check(
            name: "of lost files with equal bytes each is back at its own place only",
            needs: { $0.upkeep.contains(.repair) }, identity: .file
        ) { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a", attributes: ["n": .integer(1)]),
                subject.entry(1, at: "/b", attributes: ["n": .integer(2)]),
            ])
            guard let engine = try await subject.lose(ids) else { return }
            let new = try await engine.commit(IngestUnit([subject.entry(1, at: "/c")])).compactMap(\.id)
            try subject.expect(!ids.contains(new[0]), "a copy took the id of a lost file")
            try subject.equal(try await engine.commit(IngestUnit([subject.entry(1, at: "/b")])).map(\.id), [ids[1]])
            // The other one has moved.
            let moved = try subject.entry(1, at: subject.file("/d"), gone: [subject.file("/a")])
            try subject.equal(try await engine.commit(IngestUnit([moved])).map(\.id), [ids[0]])
            try subject.equal(
                try await engine.records(ids).map(\.attributes), [["n": .integer(1)], ["n": .integer(2)]])
            try subject.equal(try await engine.lost(after: nil, limit: 9), [])
        },
    ]
}
