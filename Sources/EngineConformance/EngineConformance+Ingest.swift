import SosiaCore

/// What an entry turns out to be if equal bytes are one picture.
extension EngineConformance {
    static let ingestChecks: [Check] = [
        Check(name: "an entry is added, touched, changed, or a duplicate") { subject in
            let first = try await subject.commit([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            let ids = first.compactMap(\.id)
            try subject.equal(first, ids.map(IngestOutcome.added))
            try subject.equal(
                try await subject.commit([
                    subject.entry(1, at: "/a"), subject.entry(3, at: "/b"), subject.entry(1, at: "/c"),
                ]), [.touched(ids[0]), .changed(ids[1]), .duplicate(ids[0])])
            try subject.equal(try await subject.record(ids[0]).sources, ["/a", "/c"].map { subject.file($0) })
            try subject.equal(try await subject.record(ids[1]).facts.width, 13)
            try subject.equal(try await subject.engine.count(), 2)
        },
        Check(name: "known bytes need no content") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a")])
            try subject.equal(
                try await subject.commit([
                    subject.entry(1, at: subject.file("/a"), isRead: false),
                    subject.entry(1, at: subject.file("/b"), isRead: false),
                ]), [.touched(ids[0]), .duplicate(ids[0])])
            // The picture is known, so the content is ignored.
            try subject.equal(
                try await subject.commit([subject.entry(1, at: "/c", vector: subject.vector(5))]), [.duplicate(ids[0])])
            try subject.equal(try await subject.engine.embedding(of: ids[0]), subject.vector(1))
            try subject.equal(try await subject.record(ids[0]).facts.width, 11)
        },
        Check(name: "an entry without content whose picture went meanwhile is unknown, and nothing is done") {
            subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            _ = try await subject.engine.remove([ids[0]])
            let entry = try subject.entry(
                1, at: subject.file("/b"), isRead: false, attributes: ["x": .bool(true)], gone: [subject.file("/a")])
            try subject.equal(try await subject.commit([entry]), [.unknown])
            try subject.equal(try await subject.record(ids[1]).sources, [subject.file("/b")])
            try subject.equal(try await subject.record(ids[1]).attributes, [:])
            try subject.equal(try await subject.engine.count(), 1)
        },
        Check(name: "a picture whose old place is gone has moved") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a", attributes: ["x": .integer(1)])])
            let entry = try subject.entry(1, at: subject.file("/b"), isRead: false, gone: [subject.file("/a")])
            try subject.equal(try await subject.commit([entry]), [.moved(ids[0])])
            let record = try await subject.record(ids[0])
            try subject.equal(record.sources, [subject.file("/b")])
            try subject.equal(record.attributes, ["x": .integer(1)])
            try subject.equal(try await subject.engine.sources(at: [subject.file("/a")]), [nil])
        },
        Check(name: "what is gone is gone for the picture that moved only") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            // /b has other bytes, and /c is the entry's own location.
            let entry = try subject.entry(
                1, at: subject.file("/c"), isRead: false, gone: ["/b", "/c", "/nowhere"].map { subject.file($0) })
            try subject.equal(try await subject.commit([entry]), [.moved(ids[0])])
            try subject.equal(try await subject.record(ids[0]).sources, ["/a", "/c"].map { subject.file($0) })
            try subject.equal(try await subject.record(ids[1]).sources, [subject.file("/b")])
        },
        Check(name: "pictures that were renamed in a chain keep their ids") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            try subject.equal(
                try await subject.commit([
                    subject.entry(1, at: subject.file("/b"), isRead: false, gone: [subject.file("/a")]),
                    subject.entry(2, at: subject.file("/c"), isRead: false, gone: [subject.file("/b")]),
                ]), [.changed(ids[0]), .moved(ids[1])])
            try subject.equal(
                try await subject.engine.records(ids).map(\.sources), [[subject.file("/b")], [subject.file("/c")]])
            try subject.equal(try await subject.engine.embedding(of: ids[1]), subject.vector(2))
        },
        Check(name: "two pictures that change places keep their ids") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            try subject.equal(
                try await subject.commit([
                    subject.entry(2, at: subject.file("/a"), isRead: false),
                    subject.entry(1, at: subject.file("/b"), isRead: false),
                ]), [.changed(ids[1]), .changed(ids[0])])
            try subject.equal(
                try await subject.engine.records(ids).map(\.sources), [[subject.file("/b")], [subject.file("/a")]])
        },
        Check(name: "entries without content come first, so that a moved picture keeps its id") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a")])
            let outcomes = try await subject.commit([
                subject.entry(9, at: "/a"),
                subject.entry(1, at: subject.file("/b"), isRead: false, gone: [subject.file("/a")]),
            ])
            try subject.equal(outcomes[1], .moved(ids[0]))
            guard case .added(let new) = outcomes[0] else {
                throw ConformanceFailure(check: subject.check, fact: "\(outcomes[0])", line: #line)
            }
            try subject.expect(new != ids[0], "the new picture took the id of the moved one")
            try subject.equal(try await subject.engine.embedding(of: ids[0]), subject.vector(1))
        },
        Check(name: "a picture that no source shows after a unit is forgotten, and not before") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            // The last source of 1 changes to 2, and a later entry shows 1 again; the last source of 2 does not return.
            let outcomes = try await subject.commit([
                subject.entry(2, at: subject.file("/a"), isRead: false),
                subject.entry(1, at: subject.file("/c"), isRead: false),
                subject.entry(1, at: subject.file("/a"), isRead: false),
                subject.entry(1, at: subject.file("/b"), isRead: false),
            ])
            try subject.equal(
                outcomes, [.changed(ids[1]), .duplicate(ids[0]), .changed(ids[0]), .changed(ids[0])])
            try subject.equal(try await subject.engine.records(ids).map(\.id), [ids[0]])
            try subject.equal(try await subject.record(ids[0]).sources, ["/a", "/b", "/c"].map { subject.file($0) })
        },
        Check(name: "one unit is one commit: a bad entry at its end changes nothing") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a"), subject.entry(2, at: "/b")])
            let before = try await subject.engine.records(ids)
            let bad = try subject.entry(3, at: "/c", vector: Embedding([1]))
            let unit = IngestUnit(
                [
                    try subject.entry(1, at: subject.file("/x"), isRead: false, gone: [subject.file("/a")]),
                    try subject.entry(5, at: "/b", attributes: ["x": .integer(1)]), bad,
                ], attributes: [(subject.file("/b"), ["y": .integer(1)])])
            try await subject.fails {
                _ = try await subject.engine.commit(unit)
            } matches: {
                ($0 as? VectorError) == .dimensionMismatch(got: 1, expected: 8)
            }
            try subject.equal(try await subject.engine.records(passing: nil, before: nil, limit: 9), before.reversed())
            try subject.equal(try await subject.engine.embedding(of: ids[1]), subject.vector(2))
        },
        Check(name: "a unit sets attributes of pictures by their places, after its entries") { subject in
            let old = try await subject.add([subject.entry(1, at: "/a", attributes: ["x": .integer(1), "y": .null])])
            let places = ["/a", "/b", "/nowhere"].map { subject.file($0) }
            let unit = IngestUnit(
                [try subject.entry(2, at: "/b", attributes: ["x": .integer(5)])],
                attributes: [
                    (places[0], ["y": .array([.null])]), (places[1], ["x": .integer(6)]),
                    (places[2], ["x": .integer(7)]), (places[1], ["z": .object(["null": .null])]),
                ])
            let new = try await subject.engine.commit(unit).compactMap(\.id)
            try subject.equal(
                try await subject.engine.records(old + new).map(\.attributes),
                [["x": .integer(1), "y": .array([.null])], ["x": .integer(6), "z": .object(["null": .null])]])
            try subject.equal(try await subject.engine.count(), 2)
            try subject.equal(try await subject.engine.commit(IngestUnit()), [])
        },
        Check(name: "of equal bytes in one unit the first makes the picture, and all merge their attributes") {
            subject in
            let entries = try (0..<3).map {
                try subject.entry(1, at: "/\($0)", attributes: ["last": .integer(Int64($0)), "n\($0)": .bool(true)])
            }
            let outcomes = try await subject.commit(entries)
            let id = outcomes[0].id ?? ImageID(rawValue: 0)
            try subject.equal(outcomes, [.added(id), .duplicate(id), .duplicate(id)])
            try subject.equal(
                try await subject.record(id).attributes,
                ["last": .integer(2), "n0": .bool(true), "n1": .bool(true), "n2": .bool(true)])
        },
    ]
}
