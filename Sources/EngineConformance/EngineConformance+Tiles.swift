import SosiaCore

/// Files that pictures are cut from.
extension EngineConformance {
    private static let other = MachineName(nearest: "there")
    private static let stamp = ImageSource.Stamp(size: 100, modified: 5)
    private static let windows = [(0, 0), (20, 0), (0, 10), (10, 10)].map { x, y in
        PixelWindow(x: x, y: y, width: 10, height: 10)
    }

    static let tileChecks: [Check] = [
        Check(name: "a container is begun, filled, finished, and counted") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            let begun = TileContainer(
                id: id, path: file.path, machine: file.machine, kind: file.kind, stamp: file.stamp, isComplete: false,
                facts: file.facts)
            try subject.equal(try await subject.engine.container(id), begun)
            let ids = try await subject.cut(file, id, windows)
            let records = try await subject.engine.records(ids)
            try subject.equal(records.map { $0.tile?.window }, windows)
            try subject.equal(records.map { $0.tile?.container }, windows.map { _ in id })
            try subject.equal(records.first?.tile?.outline, subject.outline)
            try subject.equal(records.map { $0.tile?.location }, records.map { $0.sources.first })
            try subject.equal(try await subject.search(0).hits.map(\.record), records)
            try subject.equal(try await subject.engine.origins(of: [ids[1]]).map { $0?.tile }, [records[1].tile])
            try subject.equal(
                try await subject.engine.finish(container: id, isComplete: true, forgetting: []), 0)
            try subject.equal(try await subject.engine.container(at: file.path, on: file.machine)?.isComplete, true)
            try subject.equal(
                try await subject.engine.containers(nil, after: nil, limit: 9).map(\.tiles), [windows.count])
        },
        Check(name: "tiles come in the order of their windows, in pages, and say whether they are current") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            let odd = [
                PixelWindow(x: 0, y: 0, width: 5, height: 9), PixelWindow(x: 0, y: 0, width: 5, height: 10),
                PixelWindow(x: 9, y: 100, width: 1, height: 1), PixelWindow(x: 100, y: 9, width: 1, height: 1),
            ]
            let sorted = [odd[0], odd[1], windows[0], windows[1], odd[3], windows[2], windows[3], odd[2]]
            _ = try await subject.cut(file, id, windows + odd)
            for limit in [1, 3, 100] {
                try subject.equal(
                    try await subject.tiles(of: id, limit: limit),
                    sorted.map { LedgerTile(window: $0, isCurrent: true) })
            }
            // The file has changed: tiles that were examined again are current, the others are not.
            let changed = ImageSource.Stamp(size: 100, modified: 6)
            let again = subject.container("/maps/a.tif", stamp: changed)
            try subject.equal(try await subject.engine.begin(again), id)
            _ = try await subject.cut(again, id, [windows[3], odd[0]])
            try subject.equal(
                try await subject.tiles(of: id, limit: 3).filter(\.isCurrent).map(\.window), [odd[0], windows[3]])
            try subject.equal(try await subject.engine.container(id)?.stamp, changed)
            try subject.equal(try await subject.tiles(of: id + 1, limit: 3), [])
        },
        Check(name: "a container that was finished early is incomplete, and goes on under its number") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            let ids = try await subject.cut(file, id, Array(windows[..<2]))
            try subject.equal(try await subject.engine.finish(container: id, isComplete: false, forgetting: []), 0)
            try subject.equal(try await subject.engine.container(id)?.isComplete, false)
            try subject.equal(try await subject.engine.begin(file), id)
            try subject.equal(try await subject.tiles(of: id, limit: 9).map(\.isCurrent), [true, true])
            let all = try await subject.cut(file, id, windows)
            try subject.equal(Array(all[..<2]), ids)
            // It has fewer tiles now: the missing ones are forgotten, and unknown windows are ignored.
            let gone = [windows[1], windows[2], PixelWindow(x: 1, y: 1, width: 1, height: 1)]
            try subject.equal(try await subject.engine.finish(container: id, isComplete: true, forgetting: gone), 2)
            try subject.equal(try await subject.engine.container(id)?.isComplete, true)
            try subject.equal(try await subject.engine.records(all).map(\.id), [all[0], all[3]])
            try subject.equal(try await subject.engine.begin(file), id)
            try subject.equal(try await subject.engine.container(id)?.isComplete, false)
        },
        Check(name: "finish forgets windows of its own container only") { subject in
            let files = ["/maps/a.tif", "/maps/b.tif"].map { subject.container($0) }
            var numbers: [Int64] = []
            for file in files {
                numbers.append(try await subject.engine.begin(file))
                _ = try await subject.cut(file, numbers[numbers.count - 1], windows)
            }
            try subject.equal(
                try await subject.engine.finish(container: numbers[0], isComplete: true, forgetting: windows), 4)
            try subject.equal(
                try await subject.engine.containers(nil, after: nil, limit: 9).map(\.tiles), [0, 4])
            try subject.equal(
                try await subject.engine.containers(nil, after: nil, limit: 9).map(\.container.isComplete),
                [true, false])
        },
        Check(name: "tiles that were cut by another rule of emptiness lose their stamps") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            _ = try await subject.cut(file, id, windows)
            let places = windows.map { SourceLocation.tile(TileLocation(container: id, window: $0)) }
            // Other tiles and other facts, but the same rule for what is empty.
            _ = try await subject.engine.begin(
                subject.container("/maps/a.tif", tiling: TileContainer.Tiling(tile: 20, stride: 5)))
            try subject.equal(
                try await subject.engine.sources(at: places).map { $0?.stamp }, places.map { _ in stamp })
            for tiling in [
                TileContainer.Tiling(tile: 20, stride: 5, emptyShare: 0.5),
                TileContainer.Tiling(tile: 20, stride: 5, emptyShare: 0.5, emptiness: ["nodata"]),
            ] {
                let other = subject.container("/maps/a.tif", tiling: tiling)
                try subject.equal(try await subject.engine.begin(other), id)
                try subject.equal(
                    try await subject.engine.sources(at: places).map { $0?.stamp }, places.map { _ in nil })
                try subject.equal(try await subject.tiles(of: id, limit: 9).map(\.isCurrent), places.map { _ in false })
                try subject.equal(try await subject.engine.container(id)?.facts.tiling, tiling)
                _ = try await subject.cut(other, id, windows)
                try subject.equal(try await subject.tiles(of: id, limit: 9).map(\.isCurrent), places.map { _ in true })
            }
        },
        Check(name: "a container that was moved keeps its number and tiles, which lose their stamps") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            let ids = try await subject.cut(file, id, windows)
            _ = try await subject.engine.finish(container: id, isComplete: true, forgetting: [])
            try await subject.engine.move(container: id, to: "/maps/e\u{301}.tif", on: other)
            try subject.equal(try await subject.engine.container(at: file.path, on: file.machine), nil)
            try subject.equal(try await subject.engine.container(at: "/maps/e\u{301}.tif", on: machine), nil)
            try subject.equal(try await subject.engine.container(at: "/maps/é.tif", on: other), nil)
            let moved = try await subject.engine.container(at: "/maps/e\u{301}.tif", on: other)
            try subject.equal(moved?.id, id)
            try subject.equal(moved?.isComplete, true)
            try subject.equal(moved?.stamp, stamp)
            let tiles = try await subject.engine.records(ids).map(\.tile)
            try subject.equal(tiles.map { $0?.source }, ids.map { _ in "/maps/e\u{301}.tif" })
            try subject.equal(tiles.map { $0?.machine }, ids.map { _ in other })
            try subject.equal(try await subject.tiles(of: id, limit: 9).map(\.isCurrent), ids.map { _ in false })
        },
        Check(name: "files of one path are containers of their own on every machine") { subject in
            let (here, there) = (subject.container("/maps/é.tif"), subject.container("/maps/é.tif", on: other))
            let twin = subject.container("/maps/e\u{301}.tif")
            var numbers: [Int64] = []
            for file in [here, there, twin] { numbers.append(try await subject.engine.begin(file)) }
            try subject.equal(Set(numbers).count, 3)
            for (file, number) in zip([here, there, twin], numbers) {
                try subject.equal(try await subject.engine.container(at: file.path, on: file.machine)?.id, number)
                try subject.equal(try await subject.engine.begin(file), number)
            }
        },
        Check(name: "containers come in pages, of one kind and of all") { subject in
            var numbers: [Int64] = []
            for number in 0..<7 {
                let kind = number % 3 == 0 ? TileContainer.Kind.tiny : .raster
                numbers.append(try await subject.engine.begin(subject.container("/\(9 - number)", kind: kind)))
            }
            try subject.equal(numbers, numbers.sorted())
            for limit in [1, 2, 100] {
                try subject.equal(try await subject.containers(nil, limit: limit), numbers)
                try subject.equal(try await subject.containers(.tiny, limit: limit), [0, 3, 6].map { numbers[$0] })
                try subject.equal(
                    try await subject.containers(.raster, limit: limit), [1, 2, 4, 5].map { numbers[$0] })
            }
        },
        Check(name: "a tile that was removed by hand makes its container incomplete") { subject in
            let file = subject.container("/maps/a.tif")
            let id = try await subject.engine.begin(file)
            let ids = try await subject.cut(file, id, windows)
            _ = try await subject.engine.finish(container: id, isComplete: true, forgetting: [])
            try subject.equal(try await subject.engine.remove([ids[2]]), 1)
            try subject.equal(try await subject.engine.container(id)?.isComplete, false)
            try subject.equal(
                try await subject.tiles(of: id, limit: 9).map(\.window), [windows[0], windows[1], windows[3]])
        },
        Check(name: "containers are forgotten with all their tiles, and no number is given twice") { subject in
            let file = subject.container("/maps/a.tif")
            var numbers: [Int64] = []
            // More than nine, so that one number is the beginning of another.
            for number in 1...12 { numbers.append(try await subject.engine.begin(subject.container("/\(number)"))) }
            for number in [numbers[0], numbers[9], numbers[11]] { _ = try await subject.cut(file, number, windows) }
            let own = try await subject.add([subject.entry(500)])
            try subject.equal(try await subject.engine.forget(containers: [numbers[0], numbers[1], 999]), 4)
            try subject.equal(try await subject.engine.count(), 9)
            try subject.equal(try await subject.engine.records(own).count, 1)
            try subject.equal(try await subject.containers(nil, limit: 5), Array(numbers[2...]))
            try subject.equal(try await subject.tiles(of: numbers[0], limit: 9), [])
            try subject.equal(try await subject.engine.forget(containers: [numbers[11]]), 4)
            let new = try await subject.engine.begin(subject.container("/12"))
            try subject.expect(!numbers.contains(new), "\(new) was given again")
        },
    ]
}

extension Subject {
    var outline: GeoPolygon {
        GeoPolygon(rings: [
            [(16, 48), (16.5, 48), (16.5, 47.25), (16, 48)].map { GeoPoint(longitude: $0.0, latitude: $0.1) }
        ])
    }

    func container(
        _ path: String, on machine: MachineName = EngineConformance.machine, kind: TileContainer.Kind = .raster,
        stamp: ImageSource.Stamp = ImageSource.Stamp(size: 100, modified: 5),
        tiling: TileContainer.Tiling = TileContainer.Tiling(tile: 10, stride: 10)
    ) -> ContainerFile {
        let facts = TileContainer.Facts(
            format: "gtiff", width: 300, height: 200, bands: ["red", "größe"], isGeoreferenced: true,
            projection: "WGS 84", note: "x", outline: outline, tiling: tiling, parts: ["/maps/a.tfw"])
        return ContainerFile(path: path, machine: machine, kind: kind, stamp: stamp, facts: facts)
    }

    /// Adds windows of a container in its present version; container and window determine their contents.
    func cut(_ file: ContainerFile, _ container: Int64, _ windows: [PixelWindow]) async throws -> [ImageID] {
        try await add(
            windows.map { window in
                let tile = Tile(
                    container: container, source: file.path, machine: file.machine, window: window, outline: outline,
                    kind: file.kind)
                let number =
                    Int(container) * 1_000_000 + window.y * 1_000 + window.x * 10 + window.width + window.height
                return try entry(number, at: tile.location, stamp: file.stamp, tile: tile)
            })
    }

    /// All pages, joined.
    func tiles(of container: Int64, limit: Int) async throws -> [LedgerTile] {
        try await all { last in try await engine.tiles(of: container, after: last?.window, limit: limit) }
    }

    /// The numbers on all pages, joined.
    func containers(_ kind: TileContainer.Kind?, limit: Int) async throws -> [Int64] {
        try await all { last in try await engine.containers(kind, after: last, limit: limit).map(\.container.id) }
    }
}
