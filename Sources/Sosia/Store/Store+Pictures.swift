import FileSystem
public import SosiaCore
import Workers

/// What exists, and the ways to forget it.
extension Store {
    /// The model whose vectors the collection holds.
    public var model: ModelIdentity { engine.model }

    /// What the engine below can do and what it cannot.
    public var abilities: EngineAbilities { engine.abilities }

    /// The number of pictures.
    /// - Throws: ``StoreError``
    public func count() async throws -> Int { try await engine.count() }

    /// What is known of some pictures.
    /// - Returns: the records of those that exist, in the order asked for.
    /// - Throws: ``StoreError``
    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] { try await engine.records(ids) }

    /// What is known of a picture.
    /// - Throws: `EngineError.unknownImage`; ``StoreError``
    public func record(_ id: ImageID) async throws -> ImageRecord {
        guard let record = try await engine.records([id]).first else { throw EngineError.unknownImage(id) }
        return record
    }

    /// The newest pictures, newest first, a page at a time.
    /// - Parameters:
    ///   - filter: what they have to pass; nil for all.
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: pictures of a page.
    /// - Throws: ``StoreError``
    public func pictures(
        passing filter: Filter? = nil, before id: ImageID? = nil, limit: Int
    ) async throws -> [ImageRecord] {
        try await page(passing: filter, before: id, limit: limit, bytes: .max).records
    }

    /// The same, with pages that end early when their attributes are large.
    /// - Parameter bytes: of attributes, as JSON; the picture that reaches them is the page's last.
    package func page(
        passing filter: Filter? = nil, before id: ImageID? = nil, limit: Int, bytes: Int
    ) async throws -> RecordPage {
        try await engine.records(passing: filter, before: id, limit: limit, bytes: bytes)
    }

    /// The vector of a picture.
    /// - Throws: `EngineError.unknownImage`; ``StoreError``
    public func embedding(of id: ImageID) async throws -> Embedding { try await engine.embedding(of: id) }

    /// The attributes that exist, facts of the files included, by name: what a filter can ask for.
    /// - Throws: ``StoreError``
    public func attributes() async throws -> [AttributeSummary] { try await engine.attributeSummaries() }

    /// Changes attributes of a picture by a JSON Merge Patch (RFC 7396): null takes away, everything else is set.
    /// - Returns: the record as it is now.
    /// - Throws: `EngineError.unknownImage`; what `Attributes.check(of:)` throws; ``StoreError``.
    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        try await engine.update(id, attributes: patch)
    }

    /// Whether there is such a picture, be it one that a repair took out.
    /// - Throws: ``StoreError``
    public func contains(_ id: ImageID) async throws -> Bool { try await engine.origins(of: [id]).first ?? nil != nil }

    /// Whether pictures of this machine were seen at or below a path.
    /// - Throws: ``StoreError``
    public func contains(path: String) async throws -> Bool {
        let path = AbsolutePath.of(path)
        let first = try await engine.locations(below: path, on: machine, after: nil, limit: 1)
        if !first.isEmpty { return true }
        return try await !containers(below: [path]).isEmpty
    }

    /// Forgets pictures, and their thumbnails. The bytes of uploads stay until ``compact(progress:)``.
    /// - Returns: how many of the ids there were.
    /// - Throws: ``StoreError``
    public func remove(_ ids: [ImageID]) async throws -> Int {
        guard let thumbnails else { return try await engine.remove(ids) }
        let hashes = Set(try await engine.origins(of: ids).compactMap { $0?.hash })
        let removed = try await engine.remove(ids)
        let left = Array(hashes)
        let known = try await engine.known(left)
        let gone = zip(left, known).filter(\.1.isEmpty).map(\.0)
        try await queries.run { for hash in gone { thumbnails.remove(hash) } }
        return removed
    }

    /// Forgets the files of this machine at and below some paths, the pictures that no other source shows, and the tiles
    /// of files there.
    /// - Returns: how many pictures went.
    /// - Throws: ``StoreError``
    public func remove(paths: [String]) async throws -> Int {
        try checkWritable()
        let roots = AbsolutePath.disjoint(paths.map { AbsolutePath.of($0) })
        var locations: [SourceLocation] = []
        for root in roots {
            try await forEachLocation(below: root) { locations += $0 }
        }
        let containers = try await containers(below: roots)
        var pictures = locations.isEmpty ? 0 : try await engine.forget(locations)
        if !containers.isEmpty { pictures += try await engine.forget(containers: containers.map(\.id)) }
        return pictures
    }
}

// MARK: - Pages of the ledger

extension Store {
    private static let pageSize = 4_096

    /// Calls `body` with the files of this machine at and below a path, a page at a time.
    func forEachLocation(below root: String, _ body: ([SourceLocation]) async throws -> Void) async throws {
        var last: SourceLocation?
        repeat {
            let page = try await engine.locations(below: root, on: machine, after: last, limit: Self.pageSize)
            last = page.count < Self.pageSize ? nil : page.last
            try await body(page)
        } while last != nil
    }

    /// The files that tiles were cut from, in the order of their numbers, and how many of each.
    func countedContainers() async throws -> [CountedContainer] {
        var all: [CountedContainer] = []
        while true {
            let page = try await engine.containers(nil, after: all.last?.container.id, limit: Self.pageSize)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }

    /// Those of this machine that lie at or below one of some paths.
    func containers(below roots: [String]) async throws -> [TileContainer] {
        try await countedContainers().map(\.container).filter { container in
            container.machine == machine && roots.contains { AbsolutePath.contains($0, container.path) }
        }
    }

    /// The tiles of a file, in the order of their windows.
    func tiles(of container: Int64) async throws -> [LedgerTile] {
        var all: [LedgerTile] = []
        while true {
            let page = try await engine.tiles(of: container, after: all.last?.window, limit: Self.pageSize)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }
}
