import SosiaCore

extension EngineConformance {
    static let writingChecks: [Check] = [
        Check(name: "an empty engine answers with nothing") { subject in
            try subject.equal(try await subject.engine.count(), 0)
            try subject.equal(try await subject.search(1).hits.count, 0)
            try subject.equal(try await subject.add([]), [])
        },
        Check(name: "a commit gives one id an entry, in order, and finds them at once") { subject in
            let ids = try await subject.add([subject.entry(3), subject.entry(1), subject.entry(2)])
            try subject.equal(Set(ids).count, 3)
            try subject.equal(try await subject.engine.count(), 3)
            let hits = try await subject.search(0).hits
            try subject.equal(hits.map(\.record.id), [ids[1], ids[2], ids[0]])
        },
        Check(name: "the same content at another place is the same picture") { subject in
            let first = try await subject.add([subject.entry(1, at: "/a.png")])
            let second = try await subject.add([subject.entry(1, at: "/b.png")])
            try subject.equal(first, second)
            let record = try await subject.engine.records(first).first
            try subject.equal(record?.sources, [subject.file("/a.png"), subject.file("/b.png")])
        },
        Check(name: "the same content twice in one batch is one picture") { subject in
            let ids = try await subject.add([subject.entry(1, at: "/a.png"), subject.entry(1, at: "/b.png")])
            try subject.equal(ids.count, 2)
            try subject.equal(Set(ids).count, 1)
            try subject.equal(try await subject.engine.count(), 1)
        },
        Check(name: "a changed file keeps its id and is found by its new content") { subject in
            let before = try await subject.add([subject.entry(1, at: "/a.png"), subject.entry(5)])
            let after = try await subject.add([subject.entry(9, at: "/a.png")])
            try subject.equal(after, [before[0]])
            try subject.equal(try await subject.engine.count(), 2)
            let hits = try await subject.search(9).hits
            try subject.equal(hits.map(\.record.id), [before[0], before[1]])
            try subject.equal(hits.map(\.distance), [0, 4])
            try subject.equal(hits.first?.record.facts.width, 19)
        },
        Check(name: "a changed file that was one of two leaves the picture to the other") { subject in
            let first = try await subject.add([
                subject.entry(1, at: "/a.png"), subject.entry(1, at: "/b.png"),
            ])
            let second = try await subject.add([subject.entry(2, at: "/a.png")])
            try subject.expect(first[0] != second[0], "both pictures have id \(second[0])")
            try subject.equal(try await subject.engine.records([first[0]]).first?.sources, [subject.file("/b.png")])
            try subject.equal(try await subject.engine.records(second).first?.sources, [subject.file("/a.png")])
        },
        Check(name: "attributes are merged by name, the later winning") { subject in
            let ids = try await subject.add([
                subject.entry(1, attributes: ["shop": .string("A"), "price": .integer(3)])
            ])
            _ = try await subject.add([
                subject.entry(1, attributes: ["price": .number(2.5), "tags": .array([.string("x"), .null])])
            ])
            try subject.equal(
                try await subject.engine.records(ids).first?.attributes,
                ["shop": .string("A"), "price": .number(2.5), "tags": .array([.string("x"), .null])])
        },
        Check(name: "a batch with one bad vector changes nothing") { subject in
            _ = try await subject.add([subject.entry(1)])
            let good = try subject.entry(2)
            let short = try subject.entry(3, at: "/short.png", vector: Embedding([1, 2, 3]))
            try await subject.fails {
                _ = try await subject.add([good, short])
            } matches: {
                ($0 as? VectorError) == .dimensionMismatch(got: 3, expected: 8)
            }
            try subject.equal(try await subject.engine.count(), 1)
        },
        Check(name: "remove forgets, counts, and passes unknown ids over") { subject in
            let ids = try await subject.add([subject.entry(1), subject.entry(2), subject.entry(3)])
            let unknown = ImageID(rawValue: 999_999)
            try subject.equal(try await subject.engine.remove([ids[1], unknown]), 1)
            try subject.equal(try await subject.engine.remove([ids[1]]), 0)
            try subject.equal(try await subject.engine.count(), 2)
            try subject.equal(try await subject.search(2).hits.map(\.record.id), [ids[0], ids[2]])
            try subject.equal(try await subject.engine.records([ids[2], ids[1], ids[0]]).map(\.id), [ids[2], ids[0]])
        },
        Check(name: "an id is never given twice") { subject in
            let first = try await subject.add([subject.entry(1)])
            _ = try await subject.engine.remove(first)
            let second = try await subject.add([subject.entry(1)])
            try subject.expect(first != second, "\(first) was given again")
        },
    ]
}
