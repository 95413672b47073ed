import Images
import SosiaCore
import Synchronization
import Workers

/// Tiles that were handed out.
private final class TileCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() { count.add(1, ordering: .relaxed) }
}

/// Adds the tiles of one file: workers read, hash and embed one window each, and the batch commits them in order.
struct TileRun: Sendable {
    /// Windows that the ledger is asked about at once, and that are worked on before more are looked at.
    static let chunk = 8_192

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
                try await WorkerPool.run(count: indexes.count, jobs: options.jobs, label: "sosia.tiles") { _ in
                    guard let tile = reader.next() else { return }
                    read.add()
                    try await batch.take(item(of: tile.pixels, at: indexes[tile.position]), at: tile.position)
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

    private func location(at index: Int) -> SourceLocation {
        .tile(TileLocation(container: container, window: source.window(at: index)))
    }

    /// The windows whose tiles were not cut from the file as it is.
    private func pending(_ indexes: [Int]) async throws -> [Int] {
        if !mayHaveTiles { return indexes }
        let known = try await engine.sources(at: indexes.map(location))
        return zip(indexes, known).filter { $1?.stamp?.isSameFile(as: stamp) != true }.map(\.0)
    }

    private func item(of pixels: Result<PixelImage?, TileError>, at index: Int) async throws -> IngestBatch.Item {
        let window = source.window(at: index)
        let tile = Tile(
            container: container, source: source.path, machine: machine, window: window,
            outline: source.outline(of: window), kind: source.kind)
        do {
            guard let pixels = try pixels.get() else { return .dropped }
            return .entry(try await entry(of: pixels, tile: tile, at: index))
        } catch let error as TileError {
            // Without the file itself there is nothing to go on with.
            guard case .damaged = error else { throw error }
            return .skipped(SkippedFile(path: tile.name(on: machine), reason: .tile(error)))
        } catch let reason as SkipReason {
            return .skipped(SkippedFile(path: tile.name(on: machine), reason: reason))
        }
    }

    private func entry(of pixels: PixelImage, tile: Tile, at index: Int) async throws -> IngestEntry {
        let attributes = try source.attributes(at: index).merging(attributes) { _, own in own }
        guard let hash = TileHash.of(pixels, tile: tile) else { throw SkipReason.decoding(.empty) }
        let isKnown = mayHaveTiles ? try await engine.known([hash]).first?.isEmpty == false : false
        return IngestEntry(
            hash: hash, source: ImageSource(location: tile.location, stamp: stamp),
            content: isKnown ? nil : try content(of: pixels, tile: tile), attributes: attributes)
    }

    private func content(of pixels: PixelImage, tile: Tile) throws(SkipReason) -> IngestEntry.Content {
        let position = tile.outline?.center.flatMap {
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
