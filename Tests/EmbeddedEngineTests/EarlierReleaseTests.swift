import EmbeddedEngine
import Foundation
import SosiaCore
import Testing

/// A collection that the release before machines, whole stamps and picture identities has made, as it left it: files, one
/// of them at two places, one changed, tiles, an upload, a lost picture, vacant rows. It opens, searches, verifies and
/// compacts unchanged.
final class EarlierReleaseTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("earlier-\(UUID().uuidString)")
    private let here = MachineName(nearest: "here")
    private var path: String { folder.path }

    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    init() throws {
        try FileManager.default.copyItem(at: Self.fixtures.appendingPathComponent("earlier"), to: folder)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func open(_ access: CollectionAccess, machine: MachineName? = nil) async throws -> EmbeddedEngine {
        try await EmbeddedEngine.open(path: path, access: access, machine: machine ?? here)
    }

    /// - Parameter notes: what a verification has to say.
    private func check(_ engine: EmbeddedEngine, notes: [EngineVerification.Note] = []) async throws {
        #expect(engine.identity == .content)
        #expect(engine.model.description.hasPrefix("efficientnet-lite0 (weights 6fde6cee59fe, f32, average pooling"))
        try await checkRecords(engine)
        try await checkAnswer(engine)
        let report = try await engine.verify { _, _ in }
        #expect(report.problems == [])
        #expect(report.notes == notes)
        #expect(report.pictures == 4)
    }

    private func checkRecords(_ engine: EmbeddedEngine) async throws {
        let records = try await engine.records(passing: nil, before: nil, limit: 10)
        #expect(records.map(\.id.rawValue) == [8, 7, 6, 3])
        #expect(records.last?.sources == [.file(path: "/pictures/city-00.jpg", machine: here)])
        #expect(records.last?.attributes == ["shop": .string("A")])
        #expect(records[1].tile?.name(on: here) == "/pictures/town.png#512,0,512,512")
        let stamp = try await engine.sources(at: records[3].sources)[0]?.stamp
        #expect(stamp == ImageSource.Stamp(size: 15_283, modified: 1_795_796_719_199_866_376))
        let uploads = try await engine.uploads(after: nil, limit: 10)
        #expect(uploads.map(\.id.rawValue) == [8])
        #expect(uploads[0].sources == [.upload(uploads[0].hash, name: "upload.jpg")])
        let lost = try await engine.lost(after: nil, limit: 10)
        #expect(lost.map(\.sources) == [[.file(path: "/pictures/sunset-00.jpg", machine: here)]])
        let containers = try await engine.containers(.raster, after: nil, limit: 10)
        #expect(containers.map(\.tiles) == [2])
        #expect(containers.map(\.container.isComplete) == [true])
        #expect(try await engine.tiles(of: 1, after: nil, limit: 10).map(\.isCurrent) == [true, true])
    }

    /// What the earlier release answered with.
    private func checkAnswer(_ engine: EmbeddedEngine) async throws {
        struct Answer: Decodable {
            struct Hit: Decodable {
                let id: Int64
                let distance: Float
            }
            let hits: [Hit]
        }
        let data = try Data(contentsOf: Self.fixtures.appendingPathComponent("earlier-search.json"))
        let expected = try JSONDecoder().decode(Answer.self, from: data).hits
        let hits = try await engine.search(SearchRequest(.image(ImageID(rawValue: 3)), k: 20, mode: .exact)).hits
        #expect(hits.map(\.record.id.rawValue) == expected.map(\.id))
        for (hit, expected) in zip(hits, expected) { #expect(abs(hit.distance - expected.distance) < 1e-5) }
    }

    @Test func opensForReadingAsItIs() async throws {
        let before = try Data(contentsOf: folder.appendingPathComponent("catalog.sqlite"))
        try await check(open(.read), notes: [.recordsUnprotected])
        #expect(try Data(contentsOf: folder.appendingPathComponent("catalog.sqlite")) == before)
    }

    @Test func opensForWritingAndKeepsAllOfIt() async throws {
        let writer = try await open(.write)
        try await check(writer)
        // A reader that was there before sees what the writer does.
        let reader = try await open(.read)
        _ = try await writer.update(ImageID(rawValue: 3), attributes: ["shop": .string("B")])
        #expect(try await reader.records([ImageID(rawValue: 3)]).map(\.attributes) == [["shop": .string("B")]])
        _ = try await writer.update(ImageID(rawValue: 3), attributes: ["shop": .string("A")])
        let report = try await writer.compact { _, _ in }
        #expect(report.pictures == 4)
        try await check(writer)
        try await check(reader)
        #expect(try await writer.status().vacant == 0)
    }

    @Test func aLostPictureComesBack() async throws {
        let writer = try await open(.write)
        let origin = try #require(try await writer.lost(after: nil, limit: 1).first)
        let facts = PictureFacts(format: "jpeg", width: 480, height: 360)
        let embedding = try await writer.embedding(of: ImageID(rawValue: 3))
        let outcome = try await writer.commit(
            IngestUnit([
                IngestEntry(
                    hash: origin.hash, source: ImageSource(location: origin.sources[0]),
                    content: .init(embedding: embedding, facts: facts))
            ]))
        #expect(outcome == [.added(ImageID(rawValue: 5))])
        #expect(try await writer.records([ImageID(rawValue: 5)]).map(\.attributes) == [["shop": .string("A")]])
        #expect(try await writer.lost(after: nil, limit: 1).isEmpty)
    }

    /// A crash came between the catalog's adopting of a generation and its renaming.
    @Test func whoIsToRepairFinishesACompactionBeforeWriting() async throws {
        let vectors = folder.appendingPathComponent("vectors.f32")
        let old = try Data(contentsOf: vectors)
        _ = try await open(.write).compact { _, _ in }
        try FileManager.default.moveItem(at: vectors, to: folder.appendingPathComponent("vectors.f32.next"))
        try old.write(to: vectors)
        let writer = try await open(.repair)
        let embedding = try await writer.embedding(of: ImageID(rawValue: 3))
        let hash = try #require(ContentHash(bytes: [UInt8](repeating: 9, count: 32)))
        let outcome = try await writer.commit(
            IngestUnit([
                IngestEntry(
                    hash: hash, source: ImageSource(location: .file(path: "/new.jpg", machine: here)),
                    content: .init(embedding: embedding, facts: PictureFacts(format: "jpeg", width: 1, height: 1)))
            ]))
        #expect(outcome == [.added(ImageID(rawValue: 9))])
        #expect(try await writer.verify { _, _ in }.problems == [])
        #expect(try await writer.embedding(of: ImageID(rawValue: 9)) == embedding)
    }
}
