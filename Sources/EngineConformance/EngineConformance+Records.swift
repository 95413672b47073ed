import SosiaCore

/// Records, uploads and vectors, a page at a time.
extension EngineConformance {
    static let recordChecks: [Check] = [
        Check(name: "records come newest first, in pages, under a filter and without") { subject in
            let ids = try await addShop(to: subject)
            for (text, numbers) in [
                (nil, Array((1...40).reversed())), ("number > 30 AND sold = true", [36]), ("number > 99", []),
                ("shop = 'it''s'", [40, 36, 32, 28, 24, 20, 16, 12, 8, 4]),
            ] {
                let filter = try text.map { try Filter(parsing: $0) }
                for limit in [1, 7, 40, 100] {
                    let records = try await subject.records(passing: filter, limit: limit)
                    try subject.equal(records.map(\.id), numbers.map { ids[$0 - 1] })
                }
            }
            let asked = [ids[3], ImageID(rawValue: 999), ids[1], ids[3]]
            let records = try await subject.engine.records(asked)
            try subject.equal(records.map(\.id), [ids[3], ids[1], ids[3]])
            try subject.equal(records.first?.attributes["number"], .integer(4))
        },
        Check(name: "settings are what was remembered last") { subject in
            try subject.equal(try await subject.engine.settings, [:])
            let first: Attributes = ["exclude": .array([.string("*.\u{e9}\"'"), .string("#x")]), "n": .integer(1)]
            for settings in [first, ["n": .null], [:], first] {
                try await subject.engine.remember(settings)
                try subject.equal(try await subject.engine.settings, settings)
            }
            let ids = try await subject.add([subject.entry(1)])
            _ = try await subject.engine.remove(ids)
            try await subject.fails {
                let large = String(repeating: "x", count: Attributes.maximumBytes)
                try await subject.engine.remember(["text": .string(large)])
            } matches: {
                $0 is EngineError
            }
            try subject.equal(try await subject.engine.settings, first)
            guard let other = try await subject.host.open(.read) else { return }
            try subject.equal(try await other.settings, first)
            try await subject.fails {
                try await other.remember([:])
            } matches: {
                if case StoreError.readOnly = $0 { true } else { false }
            }
        },
        Check(name: "a page of records ends with the one that reaches its bytes") { subject in
            // The attributes of number n are about 100 n bytes.
            let entries = try (1...8).map { number in
                try subject.entry(number, attributes: ["text": .string(String(repeating: "x", count: 100 * number))])
            }
            let ids = try await subject.add(entries)
            for (bytes, ends) in [(1, [7, 6, 5, 4, 3, 2, 1, 0]), (900, [6, 4, 1, 0]), (.max, [0])] {
                var got: [ImageID] = []
                var last: ImageID?
                var pageEnds: [ImageID] = []
                repeat {
                    let page = try await subject.engine.records(passing: nil, before: last, limit: 100, bytes: bytes)
                    try subject.expect(!page.records.isEmpty, "a page without a record")
                    got += page.records.map(\.id)
                    pageEnds += page.records.suffix(1).map(\.id)
                    last = page.next
                } while last != nil
                try subject.equal(got, ids.reversed())
                try subject.equal(pageEnds, ends.map { ids[$0] })
            }
            // A page that is full by number says where the next one begins, too; an empty one that there is none.
            let full = try await subject.engine.records(passing: nil, before: nil, limit: 3, bytes: .max)
            try subject.equal(full.next, ids[5])
            let filter = try Filter(parsing: "text = 'none'")
            let none = try await subject.engine.records(passing: filter, before: nil, limit: 3, bytes: 1)
            try subject.equal(none, RecordPage([], attributeBytes: 0, next: nil))
        },
        Check(name: "pages of records hide and repeat nothing while pictures come and go") { subject in
            let ids = try await subject.add((1...30).map { try subject.entry($0) })
            let first = try await subject.engine.records(passing: nil, before: nil, limit: 10)
            try subject.equal(first.map(\.id), Array(ids[20...].reversed()))
            _ = try await subject.add((31...35).map { try subject.entry($0) })
            _ = try await subject.engine.remove([ids[20], ids[19], ids[5]])
            // A changed picture keeps its id and therefore its position.
            _ = try await subject.add([subject.entry(99, at: "/pictures/25.png")])
            let second = try await subject.engine.records(passing: nil, before: first.last?.id, limit: 10)
            try subject.equal(second.map(\.id), Array(ids[9...18].reversed()))
            let third = try await subject.engine.records(passing: nil, before: second.last?.id, limit: 10)
            try subject.equal(third.map(\.id), Array((ids[..<5] + ids[6...8]).reversed()))
        },
        Check(name: "a record has all facts of its file") { subject in
            let full = PictureFacts(
                format: "jpeg", width: 1, height: 70_000, captured: "2024-05-31T18:02:11+02:00",
                position: PictureFacts.Position(latitude: -89.999999999, longitude: 1e-9), camera: "Größe 'X' \"1\"")
            let bare = PictureFacts(format: "", width: 0, height: 1)
            let entries = try [full, bare].enumerated().map { number, facts in
                IngestEntry(
                    hash: try subject.hash(number), source: ImageSource(location: subject.file("/\(number)")),
                    content: IngestEntry.Content(embedding: try subject.vector(number), facts: facts))
            }
            let ids = try await subject.add(entries)
            try subject.equal(try await subject.engine.records(ids).map(\.facts), [full, bare])
            try subject.equal(try await subject.search(0).hits.map(\.record.facts), [full, bare])
            try subject.equal(try await subject.search(0, where: "camera IS NULL").hits.map(\.record.id), [ids[1]])
            // Nothing of the old file's facts is left once the file has changed.
            _ = try await subject.add([subject.entry(9, at: "/0")])
            try subject.equal(
                try await subject.record(ids[0]).facts, PictureFacts(format: "png", width: 19, height: 20))
            try subject.equal(try await subject.search(0, where: "camera IS NOT NULL").hits.count, 0)
        },
        Check(name: "all vectors come in the order of ids, in pages") { subject in
            let ids = try await subject.add((1...30).reversed().map { try subject.entry($0) })
            _ = try await subject.engine.remove([ids[3], ids[29]])
            _ = try await subject.add([subject.entry(77, at: "/pictures/20.png")])
            var numbers = Dictionary(uniqueKeysWithValues: zip(ids, (1...30).reversed()))
            numbers[ids[10]] = 77
            numbers[ids[3]] = nil
            numbers[ids[29]] = nil
            let expected = try numbers.keys.sorted().map {
                StoredVector(id: $0, embedding: try subject.vector(numbers[$0] ?? 0))
            }
            for limit in [1, 9, 28, 100] { try subject.equal(try await subject.vectors(limit: limit), expected) }
        },
        Check(name: "pages of vectors pass over no picture that stays") { subject in
            let ids = try await subject.add((1...20).map { try subject.entry($0) })
            let first = try await subject.engine.vectors(after: nil, limit: 8)
            try subject.equal(first.map(\.id), Array(ids[..<8]))
            _ = try await subject.engine.remove([ids[7], ids[2], ids[11]])
            let new = try await subject.add([subject.entry(21), subject.entry(22)])
            let second = try await subject.engine.vectors(after: first.last?.id, limit: 100).map(\.id)
            try subject.equal(second.filter { !new.contains($0) }, Array(ids[8..<11] + ids[12...]))
        },
        Check(name: "vectors come back bit by bit", needs: { $0.keepsVectorBits }) { subject in
            var random = SplitMix(seed: 2024)
            let hard: [Float] = [
                -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1 / 3, -1e-30, .pi, 16_777_216,
            ]
            let vectors =
                [hard]
                + (0..<40).map { _ in
                    (0..<8).map { _ in Float(bitPattern: UInt32.random(in: 0..<0x7F00_0000, using: &random)) }
                }
            let ids = try await subject.add(
                try vectors.enumerated().map { try subject.entry($0, vector: Embedding($1)) })
            let stored = try await subject.vectors(limit: 7)
            try subject.equal(stored.map(\.id), ids)
            let bits = { (vector: [Float]) in vector.map(\.bitPattern) }
            try subject.equal(stored.map { bits($0.embedding.values) }, vectors.map(bits))
            try subject.equal(bits(try await subject.engine.embedding(of: ids[0]).values), bits(hard))
        },
    ]

    static let uploadChecks: [Check] = [
        Check(name: "uploads come in the order of their hashes, in pages, files left out") { subject in
            // The number is the first byte of the hash.
            let uploads = [9, 3, 7, 1, 5, 11]
            let ids = try await subject.add(
                uploads.map { try subject.entry($0, at: .upload(subject.hash($0), name: "é \($0).png")) }
                    + [subject.entry(2), subject.entry(4, at: .object(bucket: "b", key: "upload:4/x"))]
                    + [subject.entry(7, at: "/also/a/file")]
                    + [subject.entry(5, at: .upload(subject.hash(5), name: "again"))])
            let expected = zip(uploads, ids).sorted { $0.0 < $1.0 }.map(\.1)
            for limit in [1, 2, 6, 100] {
                let origins = try await subject.uploads(limit: limit)
                try subject.equal(origins.map(\.id), expected)
                try subject.equal(origins.map(\.hash), try uploads.sorted().map { try subject.hash($0) })
                try subject.equal(origins.map(\.sources.count), [1, 1, 2, 2, 1, 1])
                try subject.equal(origins.contains(where: \.isLost), false)
            }
        },
        Check(name: "pages of uploads hide nothing while uploads come and go") { subject in
            let ids = try await subject.add(
                [10, 20, 30, 40].map { try subject.entry($0, at: .upload(subject.hash($0), name: "x")) })
            let first = try await subject.engine.uploads(after: nil, limit: 2)
            try subject.equal(first.map(\.id), [ids[0], ids[1]])
            _ = try await subject.engine.remove([ids[1], ids[0]])
            let late = try await subject.add([subject.entry(35, at: .upload(subject.hash(35), name: "x"))])
            let second = try await subject.engine.uploads(after: first.last?.hash, limit: 2)
            try subject.equal(second.map(\.id), [ids[2], late[0]])
            // An upload with two names is still an upload after one of them was forgotten.
            try subject.equal(try await subject.engine.forget([.upload(subject.hash(40), name: "x")]), 1)
            try subject.equal(try await subject.uploads(limit: 9).map(\.id), [ids[2], late[0]])
        },
        Check(name: "a page of uploads ends between two hashes", identity: .file) { subject in
            let ids = try await subject.add(
                [(1, "a"), (2, "a"), (2, "b"), (2, "c"), (3, "a")].map {
                    try subject.entry($0.0, at: .upload(subject.hash($0.0), name: $0.1))
                })
            let page = try await subject.engine.uploads(after: nil, limit: 2)
            try subject.equal(page.map(\.id), Array(ids[..<4]))
            try subject.equal(
                try await subject.engine.uploads(after: page.last?.hash, limit: 2).map(\.id), [ids[4]])
        },
    ]
}

extension Subject {
    /// All pages, joined.
    func records(passing filter: Filter?, limit: Int) async throws -> [ImageRecord] {
        try await all { last in
            let page = try await engine.records(passing: filter, before: last?.id, limit: limit)
            try expect(page.count <= limit, "a page of \(page.count) instead of \(limit)")
            return page
        }
    }

    /// All pages, joined.
    func vectors(limit: Int) async throws -> [StoredVector] {
        try await all { last in
            let page = try await engine.vectors(after: last?.id, limit: limit)
            try expect(page.count <= limit, "a page of \(page.count) instead of \(limit)")
            return page
        }
    }

    /// All pages, joined.
    func uploads(limit: Int) async throws -> [PictureOrigin] {
        try await all { last in try await engine.uploads(after: last?.hash, limit: limit) }
    }
}
