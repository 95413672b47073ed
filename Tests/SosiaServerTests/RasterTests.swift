import Foundation
import HTTPTypes
import SessionSupport
import Sosia
import SosiaCore
import Testing

@testable import SosiaServer

/// Rasters as the map sees them, and searches for places of them.
struct RasterTests {
    private static let path = "/v1/collections/photos"

    /// 600 x 400 pixels in blocks of 16, each of a colour of its own.
    private static func pixels(seed: UInt64) throws -> PixelImage {
        var generator = SplitMix(seed: seed)
        let colors = (0..<38 * 25).map { _ in (0..<3).map { _ in UInt8.random(in: 5...250, using: &generator) } }
        var bytes: [UInt8] = []
        for y in 0..<400 {
            for x in 0..<600 { bytes += colors[y / 16 * 38 + x / 16] }
        }
        return try #require(PixelImage(width: 600, height: 400, bytes: bytes))
    }

    private static func raster(seed: UInt64) throws -> Data {
        try Data(ImageEncoder.jpeg(pixels(seed: seed), quality: 95))
    }

    /// A server with the tiles of `town.jpg`.
    private func server() async throws -> TestServer {
        let server = try TestServer()
        let raster = server.folder + "/town.jpg"
        try Self.raster(seed: 0).write(to: URL(fileURLWithPath: raster))
        let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
        let report = try await store.add(rasters: [raster], cut: TileOptions(tile: 64, stride: 32))
        #expect(report.added == 17 * 11)
        return server
    }

    private static func search(_ place: String, _ more: String = "", _ client: Client) async throws -> Answer {
        try await client.post(path + "/search", #"{"query":{"positive":[{"place":\#(place)}]}\#(more)}"#)
    }

    @Test func rastersAreListed() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            #expect(try await client.get(Self.path + "/rasters").json() == ["rasters": [], "next_cursor": .null])
            #expect(try await client.get("/v1/collections/none/rasters").problem == "unknown-collection")
        }
        let server = try await server()
        try await server.run { client async throws in
            let raster = try #require(try await client.get(Self.path + "/rasters").json()["rasters"]?[0])
            #expect(raster["id"] == 1)
            #expect(raster["name"] == "town.jpg")
            #expect(raster["width"] == 600)
            #expect(raster["height"] == 400)
            #expect(raster["tile"] == 64)
            #expect(raster["stride"] == 32)
            #expect(raster["tiles"] == 187)
            #expect(raster["last_level"] == 2)
            #expect(raster["georeferenced"] == false)
            #expect(raster["outline"] == nil)
            #expect(raster["state"] == "as-added")
            #expect(raster["url"] == "/v1/collections/photos/rasters/1")
            #expect(try await client.get(Self.path + "/images/1").json()["tile"]?["raster"] == 1)
        }
    }

    @Test func rastersComeInPages() async throws {
        let server = try TestServer()
        do {
            let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
            for number in 0..<5 {
                let raster = "\(server.folder)/\(9 - number).jpg"
                try Self.raster(seed: UInt64(number)).write(to: URL(fileURLWithPath: raster))
                _ = try await store.add(rasters: [raster], cut: TileOptions(tile: 256, stride: 256))
            }
        }
        try await server.run { client async throws in
            func page(_ parameters: String) async throws -> (names: [String], next: JSONValue?) {
                let page = try await client.get(Self.path + "/rasters" + parameters).json()
                return (page["rasters"]?.list.compactMap { $0["name"]?.text } ?? [], page["next_cursor"])
            }
            let first = try await page("?k=2")
            #expect(first.names == ["9.jpg", "8.jpg"] && first.next == 2)
            let rest = try await page("?k=4&cursor=2")
            #expect(rest.names == ["7.jpg", "6.jpg", "5.jpg"] && rest.next == .null)
            #expect(try await page("").names.count == 5)
            for wrong in ["?k=0", "?k=1001", "?cursor=0", "?cursor=a"] {
                #expect(try await client.get(Self.path + "/rasters" + wrong).problem == "invalid-parameter")
            }
            // Each picture names its own, whichever the answer holds.
            let pictures = try await client.get(Self.path + "/images?k=100").json()["results"]?.list ?? []
            #expect(pictures.count == 10)
            for picture in pictures {
                let raster = try #require(picture["tile"]?["raster"]?.number)
                #expect(picture["name"]?.text?.hasPrefix("\(10 - Int(raster)).jpg#") == true)
            }
        }
    }

    @Test func piecesShowTheirPartOfTheRaster() async throws {
        let server = try await server()
        let whole = try Self.pixels(seed: 0)
        try await server.run { client async throws in
            for (piece, width, height) in [
                ("0/0/0", 150, 100), ("1/0/0", 256, 200), ("1/1/0", 44, 200), ("2/0/0", 256, 256), ("2/2/1", 88, 144),
            ] {
                let answer = try await client.get(Self.path + "/rasters/1/pyramid/" + piece)
                #expect(answer.status == 200, "\(piece): \(answer.text)")
                #expect(answer.headers[.contentType] == "image/jpeg")
                let pixels = try ImageDecoder().decode(answer.bytes, maxSide: 256).pixels
                #expect((pixels.width, pixels.height) == (width, height))
            }
            let answer = try await client.get(Self.path + "/rasters/1/pyramid/2/2/1")
            let pixels = try ImageDecoder().decode(answer.bytes, maxSide: 256).pixels
            // The middles of blocks: JPEG blurs edges.
            for (x, y) in [(8, 8), (40, 72), (72, 136)] {
                for channel in 0..<3 {
                    let shown = Int(pixels.bytes[(y * 88 + x) * 3 + channel])
                    let wanted = Int(whole.bytes[((y + 256) * 600 + x + 512) * 3 + channel])
                    #expect(abs(shown - wanted) < 40, "\(x),\(y): \(shown) for \(wanted)")
                }
            }
        }
    }

    @Test func whatIsNoPieceIsAProblem() async throws {
        try await server().run { client async throws in
            let rasters = Self.path + "/rasters/"
            for piece in [
                "1/pyramid/3/0/0", "1/pyramid/2/3/0", "1/pyramid/2/0/2", "1/pyramid/-1/0/0", "1/pyramid/0/a/0",
                "1/pyramid/99999999999999999999/0/0", "1/pyramid/2147483647/2147483647/0",
                "..%2f..%2fetc/pyramid/0/0/0",
                "0/pyramid/0/0/0", "1/windows/0,0,601,1/thumb", "1/windows/600,0,1,1/thumb", "1/windows/0,0,0,1/thumb",
                "1/windows/0,0,9223372036854775807,1/thumb", "1/windows/1,2,3/thumb", "1/windows/a/thumb",
                "1/windows/-1,0,5,5/thumb", "1/windows/0,0,5,5/thumb?w=1025", "1/windows/0,0,5,5/thumb?w=0",
            ] {
                let answer = try await client.get(rasters + piece)
                #expect(answer.problem == "invalid-parameter", "\(piece): \(answer.text)")
            }
            for piece in ["2/pyramid/0/0/0", "2/windows/0,0,5,5/thumb", "9223372036854775807/pyramid/0/0/0"] {
                #expect(try await client.get(rasters + piece).problem == "unknown-raster")
            }
        }
    }

    @Test func aWindowIsShown() async throws {
        try await server().run { client async throws in
            let address = Self.path + "/rasters/1/windows/100,50,200,100/thumb"
            for (query, width, height) in [("", 200, 100), ("?w=50", 50, 25), ("?w=1", 1, 1)] {
                let answer = try await client.get(address + query)
                let pixels = try ImageDecoder().decode(answer.bytes, maxSide: 1024).pixels
                #expect((pixels.width, pixels.height) == (width, height))
            }
            let plain = try await client.get(address)
            let encoded = try await client.get(address.replacingOccurrences(of: ",", with: "%2C"))
            #expect(encoded.status == 200 && encoded.bytes == plain.bytes)
        }
    }

    @Test func browsersAskAgainUntilTheFileChanges() async throws {
        let server = try await server()
        let raster = server.folder + "/town.jpg"
        try await server.run { client async throws in
            let address = Self.path + "/rasters/1/pyramid/0/0/0"
            let first = try await client.get(address)
            let tag = try #require(first.headers[.eTag])
            #expect(first.headers[.cacheControl] == "private, no-cache")
            #expect(try await client.send(.get, address, [.ifNoneMatch: tag]).status == 304)
            #expect(try await client.get(Self.path + "/rasters/1/pyramid/1/0/0").headers[.eTag] != tag)

            try (Self.raster(seed: 1) + [0]).write(to: URL(fileURLWithPath: raster))
            for headers: HTTPFields in [[:], [.ifNoneMatch: tag]] {
                let changed = try await client.send(.get, address, headers)
                #expect(changed.status == 409)
                #expect(changed.problem == "source-changed")
                #expect(try changed.json()["source"] == "town.jpg")
                #expect(changed.text.contains("has changed") && !changed.text.contains(server.folder))
            }
            let listed = try await client.get(Self.path + "/rasters")
            #expect(try listed.json()["rasters"]?[0]?["state"] == "changed")
            #expect(listed.text.contains("has changed since") && !listed.text.contains(server.folder))
            let place = try await Self.search(#"{"raster":1,"x":100,"y":100}"#, "", client)
            #expect(place.problem == "source-changed")

            try FileManager.default.removeItem(atPath: raster)
            let gone = try await client.get(address)
            #expect(gone.problem == "original-missing")
            #expect(try gone.json()["source"] == "town.jpg")
            #expect(gone.text.contains("is gone") && !gone.text.contains(server.folder))
            #expect(try await client.get(Self.path + "/rasters").json()["rasters"]?[0]?["state"] == "missing")
        }
    }

    @Test func aDamagedPartIsNoFailureOfTheServer() async throws {
        let server = try TestServer()
        let raster = server.folder + "/torn.jpg"
        let whole = try Self.raster(seed: 0)
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: raster))
        do {
            let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
            let report = try await store.add(rasters: [raster], cut: TileOptions(tile: 64, stride: 32))
            #expect(report.added > 0 && !report.skipped.isEmpty)
        }
        try await server.run { client async throws in
            let address = Self.path + "/rasters/1/windows/"
            #expect(try await client.get(address + "0,0,64,64/thumb").status == 200)
            let torn = try await client.get(address + "100,300,64,80/thumb")
            #expect(torn.status == 422)
            #expect(torn.problem == "source-damaged")
            #expect(try torn.json()["source"] == "torn.jpg")
            #expect(try torn.json()["window"] == ["x": 100, "y": 300, "width": 64, "height": 80])
            let place = try await Self.search(#"{"raster":1,"x":100,"y":390}"#, "", client)
            #expect(place.problem == "source-damaged")
        }
    }

    @Test(arguments: [
        (TileError.missing(path: "/data/a.tif"), ProblemKind.originalMissing, 404),
        (.changed(path: "/data/a.tif"), .sourceChanged, 409),
        (.unreadable(path: "/data/a.tif", reason: "/data/a.tif is bad"), .sourceDamaged, 422),
        (
            .damaged(path: "/data/a.tif", window: PixelWindow(x: 1, y: 2, width: 3, height: 4), reason: "/data/a.tif"),
            .sourceDamaged, 422
        ), (.unavailable(reason: "no memory for /data/a.tif"), .internalError, 500),
    ])
    func whatIsWrongWithASource(error: TileError, kind: ProblemKind, status: Int) {
        let problem = Problem(error)
        #expect(problem.kind == kind)
        #expect(problem.kind.status.code == status)
        #expect(problem.facts.contains { $0.name == "source" && $0.value == "a.tif" } == (status < 500))
        #expect(!problem.detail.contains("/data"))
        #expect(problem.cause == error.description)
    }

    @Test func tooManyPixelsAreTheClientsProblem() {
        let problem = Problem(RasterPlaceError.tooManyPixels(got: 9, maximum: 8))
        #expect(problem.kind == .pictureTooLarge && problem.kind.status == .contentTooLarge)
        #expect(problem.facts.map(\.value) == [9, 8])
    }

    @Test func aPlaceIsSearchedAsItsTile() async throws {
        try await server().run { client async throws in
            let tile = try await client.get(Self.path + "/images/30").json()
            let window = try #require(tile["tile"]?["window"])
            let (x, y) = (Int(window["x"]?.number ?? -1), Int(window["y"]?.number ?? -1))
            let keep = #","k":500,"overlaps":"keep""#
            let byWindow = try await Self.search(
                #"{"raster":1,"x":\#(x),"y":\#(y),"width":64,"height":64}"#, keep, client)
            #expect(byWindow.status == 200, "\(byWindow.text)")
            let results = try byWindow.json()["results"]
            #expect(results?[0]?["id"] == 30)
            #expect(results?[0]?["distance"]?.number ?? 1 < 1e-6)
            #expect(results?.list.count == 187)
            let byPoint = try await Self.search(#"{"raster":1,"x":\#(x + 32),"y":\#(y + 32)}"#, keep, client)
            #expect(try byPoint.json()["results"] == results)
            // Between the tiles there is none that is the same.
            let between = try await Self.search(#"{"raster":1,"x":\#(x + 41),"y":\#(y + 43)}"#, keep, client)
            #expect(try between.json()["results"]?[0]?["distance"]?.number ?? 0 > 1e-3)
            // A part of a place is that place.
            let part = try await client.post(
                Self.path + "/search",
                #"{"query":{"positive":[{"place":{"raster":1,"x":\#(x),"y":\#(y),"width":128,"height":128}}],"#
                    + #""region":{"x":0,"y":0,"width":64,"height":64}}\#(keep)}"#)
            #expect(try part.json()["results"]?[0]?["id"] == 30)
        }
    }

    /// The middle of a tile that would not lie in the raster is moved.
    @Test(arguments: [(0, 0, 0, 0), (599, 399, 536, 336), (300, 5, 268, 0)])
    func pointsAtTheEdge(x: Int, y: Int, left: Int, top: Int) async throws {
        try await server().run { client async throws in
            let byPoint = try await Self.search(#"{"raster":1,"x":\#(x),"y":\#(y)}"#, "", client).json()["results"]
            let byWindow = try await Self.search(
                #"{"raster":1,"x":\#(left),"y":\#(top),"width":64,"height":64}"#, "", client
            ).json()["results"]
            #expect(byPoint != nil && byPoint == byWindow)
        }
    }

    @Test func goodAndBadExamplesGoWithAPlace() async throws {
        try await server().run { client async throws in
            let query =
                #"{"query":{"positive":[{"place":{"raster":1,"x":300,"y":200}},{"id":3}],"negative":[{"id":5},"#
                + #"{"place":{"raster":1,"x":10,"y":10},"weight":0.5}]},"k":500,"overlaps":"keep"}"#
            let answer = try await client.post(Self.path + "/search", query)
            let ids = try answer.json()["results"]?.list.compactMap { $0["id"]?.number } ?? []
            #expect(ids.count == 185)
            #expect(!ids.contains(3) && !ids.contains(5))
        }
    }

    @Test func placesThatAreNone() async throws {
        try await server().run { client async throws in
            for (place, problem) in [
                (#"{"raster":2,"x":0,"y":0}"#, "unknown-raster"), (#"{"raster":1,"x":600,"y":0}"#, "invalid-parameter"),
                (#"{"raster":1,"x":590,"y":0,"width":11,"height":5}"#, "invalid-parameter"),
                (#"{"raster":1,"x":0,"y":0,"width":5}"#, "invalid-body"),
                (#"{"raster":1,"x":0,"y":0,"width":4097,"height":5}"#, "invalid-body"),
                (#"{"raster":1,"x":0,"y":0,"width":0,"height":5}"#, "invalid-body"),
                (#"{"raster":1,"x":-1,"y":0}"#, "invalid-body"), (#"{"raster":1,"x":1e300,"y":0}"#, "invalid-body"),
                (#"{"raster":"/etc/passwd","x":0,"y":0}"#, "invalid-body"), (#"{"x":0,"y":0}"#, "invalid-body"),
                (#""here""#, "invalid-body"), (#"{"raster":1,"x":0,"y":0,"path":"/a"}"#, "invalid-body"),
            ] {
                let answer = try await Self.search(place, "", client)
                #expect(answer.problem == problem, "\(place): \(answer.text)")
            }
            let both = #"{"query":{"positive":[{"id":1,"place":{"raster":1,"x":0,"y":0}}]}}"#
            #expect(try await client.post(Self.path + "/search", both).problem == "invalid-body")
        }
    }

    @Test func theMapsLibraryIsServedWhereItIs() async throws {
        let server = try TestServer()
        let library = MapLibrary(environment: ["SOSIA_LEAFLET": server.folder])
        for file in MapLibrary.files {
            #expect(throws: Problem.self) { try library.page(file) }
        }
        #expect(MapLibrary(environment: [:]).folder == MapLibrary.standardFolder)
        try await server.run(options: server.options { $0.mapLibrary = library }) { client async throws in
            for file in MapLibrary.files {
                let missing = try await client.get(file.path)
                #expect(missing.status == 404 && missing.problem == "map-library-missing")
                #expect(missing.text.contains("libjs-leaflet") && !missing.text.contains(server.folder))
                try Data(file.path.utf8).write(to: URL(fileURLWithPath: server.folder + "/" + file.name))
                let answer = try await client.get(file.path)
                #expect(answer.status == 200)
                #expect(answer.headers[.contentType] == file.mediaType)
                #expect(answer.text == file.path)
            }
            #expect(try await client.get("/leaflet/leaflet.js.map").problem == "unknown-route")
        }
    }
}
