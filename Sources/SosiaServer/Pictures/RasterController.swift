import FileSystem
import Foundation
import Hummingbird
import NIOCore
import Sosia
import SosiaCore

/// Lists the rasters that tiles were cut from, and serves pieces of them for a map.
///
/// A raster is named by its number in the collection; no text of a client becomes a path.
struct RasterController: Controller {
    /// Longer side of a window as it is shown, pixels.
    static let minimumSide = 1
    static let defaultSide = 512
    static let maximumSide = 1_024

    /// Rasters of a page.
    static let minimumPage = 1
    static let defaultPage = 50
    static let maximumPage = 1_000

    let collections: ServedCollections
    /// Separate from that of searches, so that they do not wait for a large raster to be read.
    let admission: AdmissionQueue

    private static let pages = minimumPage...maximumPage
    private static let sides = minimumSide...maximumSide
    private static let path = "/v1/collections/{collection}/rasters"

    var endpoints: [Endpoint] {
        let raster = Operation.Parameter.path("raster", Schemas.id, "The number of the raster.")
        let number = Schema.integer(0...Int(Int32.max))
        return [
            Endpoint(
                Operation(
                    .get, Self.path, "listRasters", tag: "rasters",
                    "List the rasters that tiles were cut from, in order of their numbers",
                    scope: .read,
                    parameters: [
                        .collection,
                        .query(
                            "k", .integer(Self.pages, standard: Self.defaultPage), "Rasters per page."),
                        .query("cursor", Schemas.id, "next_cursor of the previous page."),
                    ], answers: [.json("Rasters")]), list
            ).admitted(by: admission),
            Endpoint(
                Operation(
                    .get, Self.path + "/{raster}/pyramid/{level}/{x}/{y}", "getRasterPiece", tag: "rasters",
                    "Get a piece of a raster for a map, 256 x 256 pixels, less at the right and bottom edges",
                    scope: .read,
                    parameters: [
                        .collection, raster,
                        .path(
                            "level", .integer(0...30),
                            "0 shows the whole raster in one piece; each level doubles the scale, up to full resolution "
                                + "at last_level."),
                        .path("x", number, "Column of the piece, from 0."),
                        .path("y", number, "Row of the piece, from 0."),
                    ],
                    answers: [.binary("image/jpeg")], problems: Self.problems), piece
            ).admitted(by: admission),
            Endpoint(
                Operation(
                    .get, Self.path + "/{raster}/windows/{window}/thumb", "getRasterWindow", tag: "rasters",
                    "Get a small JPEG of a window of a raster", scope: .read,
                    parameters: [
                        .collection, raster,
                        .path(
                            "window", .pattern("^[0-9]{1,10}(,[0-9]{1,10}){3}$", "Pixels of the raster."),
                            "x, y, width and height, separated by commas."),
                        .query(
                            "w", .integer(Self.sides, standard: Self.defaultSide),
                            "Longer side in pixels; a smaller window is not enlarged."),
                    ],
                    answers: [.binary("image/jpeg")], problems: Self.problems), window
            ).admitted(by: admission),
        ]
    }

    private static let problems: [ProblemKind] = [
        .unknownRaster, .originalMissing, .sourceChanged, .sourceDamaged,
    ]

    private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let query = QueryReader(request)
        let limit = try query.integer("k", Self.pages) ?? Self.defaultPage
        let last = try query.integer("cursor", 1...Int.max).map { Int64($0) }
        let rasters = try await collection.store.rasters(after: last, limit: limit)
        return try await LargeAnswer.json(context) { json in
            json.object { json in
                json.member("rasters", rasters.map { RasterAnswer(listed: $0, collection: collection) })
                json.member("next_cursor", rasters.count == limit ? rasters.last?.raster.id : nil)
            }
        }
    }

    private func piece(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(in: collections).store
        let raster = try await store.raster(context.raster())
        let (level, x, y) = (try context.number("level"), try context.number("x"), try context.number("y"))
        return try await response(to: request, tag: Self.tag(raster, "\(level)-\(x)-\(y)"), of: raster, in: store) {
            try await store.piece(of: raster, level: level, x: x, y: y)
        }
    }

    private func window(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(in: collections).store
        let raster = try await store.raster(context.raster())
        // Some clients encode commas.
        let text = context.parameters.get("window")?.removingPercentEncoding ?? ""
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3]
        else { throw Problem.parameter("window", "is not x,y,width,height") }
        let side = try QueryReader(request).integer("w", Self.sides) ?? Self.defaultSide
        let window = RasterPlace.window(PixelWindow(x: x, y: y, width: width, height: height), raster: raster.id)
        _ = try window.window(in: raster.facts)
        return try await response(
            to: request, tag: Self.tag(raster, "\(x)-\(y)-\(width)-\(height)-\(side)"), of: raster, in: store
        ) {
            try await store.picture(of: window, maximumSide: side)
        }
    }

    /// The entity tag: it changes with the file.
    private static func tag(_ raster: TileContainer, _ part: String) -> String {
        "\"\(raster.id)-\(raster.stamp.size)-\(raster.stamp.modified)-\(part)\""
    }

    /// Browsers revalidate and get 304 while the file is unchanged.
    private func response(
        to request: Request, tag: String, of raster: TileContainer, in store: Store,
        _ make: () async throws -> [UInt8]
    ) async throws -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: "image/jpeg", .eTag: tag, .cacheControl: "private, no-cache"])
        if request.headers[.ifNoneMatch] == tag,
            try await [.asAdded, .incomplete].contains(store.state(of: raster))
        {
            response.status = .notModified
        } else {
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: try await make()))
        }
        return response
    }
}

extension ServerContext {
    /// The number of the raster that the address names.
    fileprivate func raster() throws(Problem) -> Int64 {
        guard let id = parameters.get("raster").flatMap({ Int64($0) }), id > 0 else {
            throw .parameter("raster", "is not the number of a raster")
        }
        return id
    }

    fileprivate func number(_ name: String) throws(Problem) -> Int {
        guard let number = parameters.get(name).flatMap({ Int32($0) }), number >= 0 else {
            throw .parameter(name, "is not a number from 0 on")
        }
        return Int(number)
    }
}

/// A raster as clients see it: with the name of its file, never its path.
struct RasterAnswer: JSONWritable {
    let listed: ListedRaster
    let collection: ServedCollection

    func write(to json: inout JSONWriter) {
        let (raster, state) = (listed.raster, listed.state)
        let facts = raster.facts
        json.object { json in
            json.member("id", raster.id)
            json.member("name", AbsolutePath.name(raster.path))
            json.member("format", facts.format)
            json.member("width", facts.width)
            json.member("height", facts.height)
            json.member("tile", facts.tiling.tile)
            json.member("stride", facts.tiling.stride)
            json.member("tiles", listed.tiles)
            json.member("last_level", RasterPyramid(width: facts.width, height: facts.height)?.lastLevel ?? 0)
            json.member("georeferenced", facts.isGeoreferenced)
            if let projection = facts.projection { json.member("projection", projection) }
            if let ring = facts.outline?.rings.first {
                json.member("outline", ring.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) })
            }
            json.member("state", Self.word(for: state))
            json.member("notes", [facts.note, state == .asAdded ? nil : "the file \(state)"].compactMap { $0 })
            json.member("url", "/v1/collections/\(collection.name)/rasters/\(raster.id)")
        }
    }

    static let states = ["as-added", "changed", "missing", "incomplete", "elsewhere"]

    private static func word(for state: TileContainer.State) -> String {
        switch state {
        case .asAdded: "as-added"
        case .changed: "changed"
        case .missing: "missing"
        case .incomplete: "incomplete"
        case .elsewhere: "elsewhere"
        }
    }
}
