import SosiaCore

/// Where pictures were seen.
extension EngineConformance {
    private static let other = MachineName(nearest: "there")

    static let locationChecks: [Check] = [
        Check(name: "sources come back with the stamps that they were read with") { subject in
            let (old, new) = (ImageSource.Stamp(size: 0, modified: -1), ImageSource.Stamp(size: .max, modified: .max))
            let places = ["/a", "/b", "/nowhere", "/a"].map { subject.file($0) }
            _ = try await subject.add([
                subject.entry(1, at: places[0], stamp: old), subject.entry(2, at: places[1]),
            ])
            try subject.equal(
                try await subject.engine.sources(at: places).map { $0?.location },
                [places[0], places[1], nil, places[0]])
            try subject.equal(try await subject.engine.sources(at: places).map { $0?.stamp }, [old, nil, nil, old])
            // The stamp is always replaced, even by none, whatever the outcome.
            _ = try await subject.add([
                subject.entry(1, at: places[0], isRead: false), subject.entry(3, at: places[1], stamp: new),
            ])
            try subject.equal(try await subject.engine.sources(at: places).map { $0?.stamp }, [nil, new, nil, nil])
        },
        Check(name: "known bytes are told by their hashes, in order") { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/b"), subject.entry(1, at: "/a"), subject.entry(2, at: "/c"),
            ])
            let origins = [
                PictureOrigin(id: ids[0], hash: try subject.hash(1), sources: ["/a", "/b"].map { subject.file($0) }),
                PictureOrigin(id: ids[2], hash: try subject.hash(2), sources: [subject.file("/c")]),
            ]
            let hashes = try [2, 7, 1, 2].map { try subject.hash($0) }
            try subject.equal(
                try await subject.engine.known(hashes), [[origins[1]], [], [origins[0]], [origins[1]]])
            try subject.equal(
                try await subject.engine.origins(of: [ids[2], ImageID(rawValue: 99), ids[0]]),
                [origins[1], nil, origins[0]])
            _ = try await subject.add([subject.entry(5, at: "/c")])
            try subject.equal(try await subject.engine.known([subject.hash(2)]), [[]])
            try subject.equal(try await subject.engine.origins(of: [ids[2]]).map { $0?.hash }, [subject.hash(5)])
        },
        Check(name: "locations below a path come in the order of their bytes, in pages") { subject in
            // 0 directly follows the slash in ASCII; % and _ are wildcards in databases; the two é are different files.
            let below = [
                "/m/a", "/m/a/%/x", "/m/a/_", "/m/a/b", "/m/a/b/c", "/m/a/e\u{301}", "/m/a/é", "/m/a/日本", "/m/a/🙂",
            ]
            let beside = ["/m", "/m/a-b", "/m/a.png", "/m/a0", "/m/aa", "/M/a/x", "/m/a%/x", "/n/m/a/b"]
            let paths = (below + beside).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            _ = try await subject.add(paths.enumerated().reversed().map { try subject.entry($0 + 1, at: $1) })
            _ = try await subject.engine.commit(
                IngestUnit([
                    try subject.entry(90, at: .upload(subject.hash(90), name: "/m/a/b")),
                    try subject.entry(91, at: .object(bucket: "m", key: "a/b")),
                ]))
            for limit in [1, 2, 100] {
                let found = try await subject.locations(below: "/m/a", limit: limit)
                try subject.equal(found, below.map { subject.file($0) })
            }
            try subject.equal(try await subject.locations(below: "/", limit: 3), paths.map { subject.file($0) })
            for (path, expected) in [
                ("/m/a/_", ["/m/a/_"]), ("/m/a/%", ["/m/a/%/x"]), ("/m/a/é", ["/m/a/é"]), ("/m/a/b/c/d", []),
                ("/m/a/e\u{301}", ["/m/a/e\u{301}"]), ("/m/a0", ["/m/a0"]), ("/%", []),
            ] {
                try subject.equal(
                    try await subject.locations(below: path, limit: 10), expected.map { subject.file($0) })
            }
        },
        Check(name: "two names that only Unicode takes for equal are two files") { subject in
            let (composed, decomposed) = (subject.file("/é"), subject.file("/e\u{301}"))
            let ids = try await subject.add([subject.entry(1, at: composed), subject.entry(2, at: decomposed)])
            try subject.expect(ids[0] != ids[1], "both files are picture \(ids[0])")
            // A file system that normalised a name: the old one is gone.
            let moved = try subject.entry(1, at: decomposed, isRead: false, gone: [composed])
            try subject.equal(try await subject.commit([moved]), [.changed(ids[0])])
            try subject.equal(try await subject.record(ids[0]).sources, [decomposed])
            try subject.equal(try await subject.engine.forget([composed]), 0)
            try subject.equal(try await subject.engine.forget([decomposed]), 1)
        },
        Check(name: "another machine's file of the same path is another source") { subject in
            let (here, there) = (subject.file("/a"), subject.file("/a", on: other))
            let stamp = ImageSource.Stamp(size: 1, modified: 2)
            let ids = try await subject.add([subject.entry(1, at: here, stamp: stamp), subject.entry(2, at: there)])
            try subject.expect(ids[0] != ids[1], "both files are picture \(ids[0])")
            try subject.equal(try await subject.engine.sources(at: [there, here]).map { $0?.stamp }, [nil, stamp])
            try subject.equal(
                try await subject.engine.locations(below: "/", on: other, after: nil, limit: 9), [there])
            try subject.equal(try await subject.locations(below: "/", limit: 9), [here])
            // That it is gone on the other machine says nothing about the file here.
            try subject.equal(try await subject.engine.forget([there]), 1)
            try subject.equal(try await subject.engine.records(ids).map(\.id), [ids[0]])
        },
        Check(name: "one picture is seen on two machines, and moves between them") { subject in
            let (here, there) = (subject.file("/a"), subject.file("/a", on: other))
            let ids = try await subject.add([subject.entry(1, at: there), subject.entry(1, at: here)])
            try subject.equal(try await subject.record(ids[0]).sources, [here, there])
            try subject.equal(try await subject.engine.forget([here]), 0)
            let back = try subject.entry(1, at: here, isRead: false, gone: [there])
            try subject.equal(try await subject.commit([back]), [.moved(ids[0])])
            try subject.equal(try await subject.record(ids[0]).sources, [here])
        },
        Check(name: "sources of every kind come back as they were given, in the order of their texts") { subject in
            let places: [SourceLocation] = [
                subject.file("/z"), subject.file("/a b%20/ü\n.png", on: other), .object(bucket: "b", key: "/k/%/ü"),
                .object(bucket: "b", key: "k"), .upload(try subject.hash(1), name: "../é \"x\".png"),
                .upload(try subject.hash(1), name: ""),
            ]
            let ids = try await subject.add(try places.map { try subject.entry(1, at: $0) })
            let texts = { (place: SourceLocation) in place.text(on: machine).utf8 }
            let sorted = places.sorted { texts($0).lexicographicallyPrecedes(texts($1)) }
            try subject.equal(try await subject.record(ids[0]).sources, sorted)
            try subject.equal(try await subject.engine.origins(of: [ids[0]]).map { $0?.sources }, [sorted])
            try subject.equal(try await subject.engine.sources(at: places).map { $0?.location }, places)
            for place in places.dropLast() { try subject.equal(try await subject.engine.forget([place]), 0) }
            try subject.equal(try await subject.engine.forget(places), 1)
        },
        Check(name: "forget takes sources away, and pictures with their last one") { subject in
            let ids = try await subject.add([
                subject.entry(1, at: "/a"), subject.entry(1, at: "/b"), subject.entry(2, at: "/c"),
            ])
            try subject.equal(
                try await subject.engine.forget(["/a", "/c", "/c", "/nowhere"].map { subject.file($0) }), 1)
            try subject.equal(try await subject.engine.records(passing: nil, before: nil, limit: 9).map(\.id), [ids[0]])
            try subject.equal(try await subject.search(2).hits.map(\.record.id), [ids[0]])
            try subject.equal(try await subject.engine.forget([subject.file("/b")]), 1)
            try subject.equal(try await subject.engine.count(), 0)
        },
    ]
}

extension Subject {
    /// All pages, joined.
    func locations(below path: String, limit: Int) async throws -> [SourceLocation] {
        try await all { after in
            let page = try await engine.locations(
                below: path, on: EngineConformance.machine, after: after, limit: limit)
            try expect(page.count <= limit, "a page of \(page.count) instead of \(limit)")
            return page
        }
    }
}
