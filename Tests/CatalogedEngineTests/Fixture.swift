import CatalogedEngine
import EngineConformance
import SosiaCore

typealias Engine = CatalogedEngine<ForgetfulService>

/// A ledger and a service, and engines that join them.
struct Fixture: Sendable {
    static let description = EngineConformance.collection

    let service: ForgetfulService
    var ledger = MemoryVectorLedger(Self.description)

    init(seed: UInt64 = 1) {
        service = ForgetfulService(Self.description.model.metric, seed: seed)
    }

    func engine() throws -> Engine { try Engine(service, ledger: ledger) }

    /// An engine as another process makes it some time later.
    func reopened() async throws -> Engine {
        service.fail(nil)
        try await service.refresh()
        return try engine()
    }

    /// The keys that the ledger names, in order.
    func named() async throws -> [VectorKey] { try await ledger.keys(after: nil, limit: .max).map(\.key).sorted() }
}

/// A picture whose bytes and vector are given by one number; vectors lie on a line.
func entry(_ number: Int, at path: String? = nil, attributes: Attributes = [:], vector: Int? = nil) throws
    -> IngestEntry
{
    let hash = ContentHash(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) })
    guard let hash else { throw EngineError.incomplete("no hash") }
    return IngestEntry(
        hash: hash,
        source: ImageSource(location: file(path ?? "/\(number).png"), stamp: ImageSource.Stamp(size: 1, modified: 2)),
        content: IngestEntry.Content(
            embedding: try line(vector ?? number), facts: PictureFacts(format: "png", width: number, height: 1)),
        attributes: attributes)
}

func file(_ path: String) -> SourceLocation { .file(path: path, machine: EngineConformance.machine) }

func line(_ number: Int) throws -> Embedding {
    try Embedding([Float(number)] + [Float](repeating: 1, count: EngineConformance.model.dimension - 1))
}

/// All that can be asked of a collection, without ids, which engines may give as they like.
struct Contents: Equatable {
    struct Picture: Hashable {
        let sources: Set<SourceLocation>
        let facts: PictureFacts
        let attributes: Attributes
        let distance: Float
    }

    let pictures: Set<Picture>
    let hits: Int
    let count: Int

    init(_ engine: any CollectionEngine) async throws {
        let hits = try await engine.search(SearchRequest(.embedding(line(0)), k: 1_000)).hits
        pictures = Set(
            hits.map {
                Picture(
                    sources: Set($0.record.sources), facts: $0.record.facts, attributes: $0.record.attributes,
                    distance: $0.distance)
            })
        self.hits = hits.count
        count = try await engine.count()
    }
}
