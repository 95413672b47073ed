@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Which tiles of one place an answer keeps.
struct OverlapTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        for (name, seed) in [("a", 1), ("b", 2)] {
            try folder.write(Array("144 144 \(seed) placed".utf8), to: name + ".fake")
            let file = TileFile(
                path: folder.path + "/\(name).fake", kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 8))
            _ = try await store.add(
                [file], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        }
        for number in 0..<5 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await store.add([folder.path + "/photos"])
    }

    private func search(k: Int, _ overlaps: PictureSearch.Overlaps, after cursor: SearchCursor? = nil) async throws
        -> SearchResponse
    {
        var search = PictureSearch(.image(ImageID(rawValue: 40)))
        (search.k, search.overlaps, search.cursor) = (k, overlaps, cursor)
        search.mode = .exact
        return try await store.search(search).response
    }

    /// The rule, in so many words.
    private func reference(_ hits: [SearchHit]) -> [ImageID] {
        var kept: [SearchHit] = []
        for hit in hits {
            let isCovered = kept.contains { other in
                guard let one = hit.record.tile, let two = other.record.tile, one.source == two.source else {
                    return false
                }
                let (a, b) = (one.window, two.window)
                return abs(a.x - b.x) < a.width && abs(a.y - b.y) < a.height
            }
            if !isCovered { kept.append(hit) }
        }
        return kept.map(\.record.id)
    }

    @Test(arguments: [1, 2, 7, 20, 60, SearchRequest.maximumK])
    func theNearestOfEachPlaceIsKept(_ k: Int) async throws {
        let all = try await search(k: 1_000, .keep)
        let others = 2 * 15 * 15 + 5 - 1
        #expect(all.hits.count == others)
        let expected = reference(all.hits)
        let merged = try await search(k: k, .merge)
        #expect(merged.hits.map(\.record.id) == Array(expected.prefix(k)))
        #expect((merged.nextCursor == nil) == (expected.count <= k))
        // Photos are never merged away.
        if k == 60 { #expect(merged.hits.count { $0.record.tile == nil } == 5) }
    }

    @Test func pagesGoOnWhereTheLastOneEnded() async throws {
        let expected = reference(try await search(k: 1_000, .keep).hits)
        var found: [ImageID] = []
        var cursor: SearchCursor?
        repeat {
            let page = try await search(k: 7, .merge, after: cursor)
            found += page.hits.map(\.record.id)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(found == expected)
    }

    @Test func questionsOfOneBatchMayDiffer() async throws {
        var one = PictureSearch(.image(ImageID(rawValue: 40)))
        one.mode = .exact
        var other = one
        other.overlaps = .keep
        let answers = try await store.search([one, other, one])
        #expect(answers[0].hits == answers[2].hits)
        #expect(answers[0].hits.map(\.record.id) == (try await search(k: 10, .merge).hits.map(\.record.id)))
        #expect(answers[1].hits.map(\.record.id) == (try await search(k: 10, .keep).hits.map(\.record.id)))
    }

    @Test func aFilterFindsTilesByTheirCentres() async throws {
        let box = try GeoArea(west: 10.05, south: 49.9, east: 10.09, north: 49.95)
        var search = PictureSearch(.image(ImageID(rawValue: 40)))
        (search.k, search.overlaps, search.filter) = (1_000, .keep, .within(box))
        let hits = try await store.search(search).hits
        let inside = try await store.pictures(limit: 1_000).filter { record in
            guard record.id.rawValue != 40, let place = record.facts.position else { return false }
            return (10.05...10.09).contains(place.longitude) && (49.9...49.95).contains(place.latitude)
        }
        #expect(inside.count > 10)
        #expect(Set(hits.map(\.record.id)) == Set(inside.map(\.id)))
    }

    /// Between half of the most hits and all of them no answer has a cursor; there are more hits nevertheless.
    @Test func aLongAnswerIsFilledToItsEnd() async throws {
        try folder.write(Array("304 304 3".utf8), to: "c.fake")
        let file = TileFile(
            path: folder.path + "/c.fake", kind: .raster, tiling: TileContainer.Tiling(tile: 16, stride: 4))
        _ = try await store.add(
            [file], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        var search = PictureSearch(.image(ImageID(rawValue: 40)))
        (search.k, search.mode, search.overlaps) = (SearchRequest.maximumK, .exact, .keep)
        let all = try await store.search(search).hits
        let merged = reference(all)
        let depth = 1_300 * 4
        #expect(all.count > depth && reference(Array(all.prefix(depth))).count < min(merged.count, 1_300))
        (search.k, search.overlaps) = (1_300, .merge)
        #expect(try await store.search(search).hits.map(\.record.id) == Array(merged.prefix(1_300)))
    }
}
