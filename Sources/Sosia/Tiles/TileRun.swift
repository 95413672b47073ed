import Images
import SosiaCore
import Synchronization
import Workers

/// Tiles that were handed out.
private final class TileCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ tiles: Int) { count.add(tiles, ordering: .relaxed) }
}

/// Adds the tiles of one file: workers read, hash and embed one window each, and the batch commits them in order.
struct TileRun: Sendable {
    /// Windows that the ledger is asked about at once, and that are worked on before more are looked at.
    static let chunk = 8_192
    /// Tiles of a file that the collection knows, and bytes of their pixels, that a worker reads before it asks the ledger
    /// about them.
    private static let maximumGroup = (tiles: 64, bytes: 8 << 20)

    let engine: any CollectionEngine
    let machine: MachineName
    let decoder: ImageDecoder
    let embedder: any Embedder
    let options: IngestOptions
    let source: any TileSource
    let stamp: ImageSource.Stamp
    /// See `TileContainer.id`.
    let container: Int64
    /// Whether the collection may hold tiles of the file; those of a new one need not be asked for.
    let mayHaveTiles: Bool
    let attributes: Attributes

    /// Passes over what an interrupted run has done.
    func run(into batch: IngestBatch) async throws {
        for start in stride(from: 0, to: source.count, by: Self.chunk) {
            let all = Array(start..<min(start + Self.chunk, source.count))
            var left = try await pending(all)
            await batch.pass(all.count - left.count)
            while !left.isEmpty {
                let indexes = left
                let reader = source.reader(of: indexes)
                let read = TileCount()
                let groups = (indexes.count + group - 1) / group
                try await WorkerPool.run(count: groups, jobs: options.jobs, label: "sosia.tiles") { _ in
                    let tiles = (0..<group).compactMap { _ in reader.next() }.sorted { $0.position < $1.position }
                    read.add(tiles.count)
                    let hashes = tiles.map { read in
                        (try? read.pixels.get()).flatMap { TileHash.of($0, tile: tile(at: indexes[read.position])) }
                    }
                    let known = try await known(hashes.compactMap(\.self))
                    for (read, hash) in zip(tiles, hashes) {
                        let item = try item(of: read.pixels, hash, at: indexes[read.position], known)
                        try await batch.take(item, at: read.position)
                    }
                }
                try await batch.commit()
                guard read.value == indexes.count else {
                    throw TileError.unreadable(path: source.path, reason: "it was not read to its end")
                }
                let again = await batch.takeAgain()
                left = left.filter { again.contains(location(at: $0)) }
            }
        }
    }

    /// Tiles that a worker takes at once.
    private var group: Int {
        let tile = source.facts.tiling.tile
        return mayHaveTiles ? max(1, min(Self.maximumGroup.tiles, Self.maximumGroup.bytes / (tile * tile * 3))) : 1
    }

    /// Those that the collection has.
    private func known(_ hashes: [ContentHash]) async throws -> Set<ContentHash> {
        guard mayHaveTiles, !hashes.isEmpty else { return [] }
        return Set(zip(hashes, try await engine.known(hashes)).filter { !$1.isEmpty }.map(\.0))
    }

    private func tile(at index: Int) -> Tile {
        let window = source.window(at: index)
        return Tile(
            container: container, source: source.path, machine: machine, window: window,
            outline: source.outline(of: window), kind: source.kind)
    }

    private func location(at index: Int) -> SourceLocation {
        .tile(TileLocation(container: container, window: source.window(at: index)))
    }

    /// The windows whose tiles were not cut from the file as it is.
    private func pending(_ indexes: [Int]) async throws -> [Int] {
        if !mayHaveTiles { return indexes }
        let known = try await engine.sources(at: indexes.map(location))
        return zip(indexes, known).filter { $1?.stamp?.isSameFile(as: stamp) != true }.map(\.0)
    }

    private func item(
        of pixels: Result<PixelImage?, TileError>, _ hash: ContentHash?, at index: Int, _ known: Set<ContentHash>
    ) throws -> IngestBatch.Item {
        let tile = tile(at: index)
        do {
            guard let pixels = try pixels.get() else { return .dropped }
            guard let hash else { throw SkipReason.decoding(.empty) }
            let attributes = try source.attributes(at: index).merging(attributes) { _, own in own }
            return .entry(
                IngestEntry(
                    hash: hash, source: ImageSource(location: tile.location, stamp: stamp),
                    content: known.contains(hash) ? nil : try content(of: pixels, tile: tile), attributes: attributes))
        } catch let error as TileError {
            // Without the file itself there is nothing to go on with.
            guard case .damaged = error else { throw error }
            return .skipped(SkippedFile(path: tile.name(on: machine), reason: .tile(error)))
        } catch let reason as SkipReason {
            return .skipped(SkippedFile(path: tile.name(on: machine), reason: reason))
        }
    }

    private func content(of pixels: PixelImage, tile: Tile) throws(SkipReason) -> IngestEntry.Content {
        let position = source.center(of: tile.window).flatMap {
            PictureFacts.Position(latitude: $0.latitude, longitude: $0.longitude)
        }
        let facts = PictureFacts(
            format: source.facts.format, width: pixels.width, height: pixels.height, position: position)
        do {
            let embedding = try embedder.embed(decoder.resized(pixels, for: embedder.input))
            return IngestEntry.Content(embedding: embedding, facts: facts, tile: tile)
        } catch let error as DecodeError {
            throw .decoding(error)
        } catch {
            throw .embedding("\(error)")
        }
    }
}
