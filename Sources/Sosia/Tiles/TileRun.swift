import Catalog
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
    /// Windows the catalog is asked about at once, and that are worked on before more are looked at.
    static let chunk = 8_192

    let engine: EmbeddedEngine
    let decoder: ImageDecoder
    let embedder: any Embedder
    let options: IngestOptions
    let source: any TileSource
    let stamp: ImageSource.Stamp
    /// The file's number in the catalog.
    let container: Int64
    let attributes: Attributes

    /// Passes over what an interrupted run has done.
    func run(into batch: IngestBatch) async throws {
        for start in stride(from: 0, to: source.count, by: Self.chunk) {
            let all = Array(start..<min(start + Self.chunk, source.count))
            var left = try pending(all)
            await batch.pass(all.count - left.count)
            while !left.isEmpty {
                let indexes = left
                let reader = source.reader(of: indexes)
                let read = TileCount()
                try await WorkerPool.run(count: indexes.count, jobs: options.jobs, label: "sosia.tiles") { _ in
                    guard let tile = reader.next() else { return }
                    read.add()
                    try await batch.take(outcome(of: tile.pixels, at: indexes[tile.position]), at: tile.position)
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

    private func location(at index: Int) -> String {
        TileLocation(container: container, window: source.window(at: index)).description
    }

    /// The windows whose tiles were not cut from the file as it is.
    private func pending(_ indexes: [Int]) throws -> [Int] {
        let known = try engine.reading { try engine.catalog.sources(indexes.map(location)) }
        return zip(indexes, known).filter { $1?.stamp?.isSameFile(as: stamp) != true }.map(\.0)
    }

    private func outcome(of pixels: Result<PixelImage?, TileError>, at index: Int) throws -> IngestBatch.Item {
        let window = source.window(at: index)
        let tile = Tile(source: source.path, window: window, outline: source.outline(of: window), kind: source.kind)
        do {
            guard let pixels = try pixels.get() else { return .dropped }
            return try outcome(of: pixels, tile: tile, at: index)
        } catch let error as TileError {
            // Without the file itself there is nothing to go on with.
            guard case .damaged = error else { throw error }
            return .skipped(SkippedFile(path: tile.description, reason: .tile(error)))
        } catch let reason as SkipReason {
            return .skipped(SkippedFile(path: tile.description, reason: reason))
        }
    }

    private func outcome(of pixels: PixelImage, tile: Tile, at index: Int) throws -> IngestBatch.Item {
        let attributes = try self.source.attributes(at: index).merging(attributes) { _, own in own }
        let source = ImageSource(location: location(at: index), stamp: stamp)
        guard let hash = TileHash.of(pixels, container: container, tile: tile) else {
            throw SkipReason.decoding(.empty)
        }
        if try engine.reading({ try engine.catalog.image(hash) }) != nil {
            let entry = CatalogEntry(hash: hash, source: source, attributes: attributes, content: nil)
            return .known(KnownFile(path: source.location, entry: entry))
        }
        let position = tile.outline?.center.flatMap {
            PictureFacts.Position(latitude: $0.latitude, longitude: $0.longitude)
        }
        do {
            let facts = PictureFacts(
                format: self.source.facts.format, width: pixels.width, height: pixels.height, position: position)
            let embedding = try embedder.embed(decoder.resized(pixels, for: embedder.input))
            return .draft(
                ImageDraft(
                    hash: hash, embedding: embedding, facts: facts, source: source, attributes: attributes, tile: tile))
        } catch let error as DecodeError {
            throw SkipReason.decoding(error)
        } catch {
            throw SkipReason.embedding("\(error)")
        }
    }
}
