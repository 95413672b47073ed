import Foundation
import Hummingbird
import NIOCore
import Sosia

/// Rasters that tiles were cut from: which there are, and pictures of them for a map.
///
/// A raster is named by its number in the collection; no word of a client becomes a path.
struct RasterController: Controller {
    /// Pixels of the longer side of a place that is shown.
    static let sides = (minimum: 1, standard: 512, maximum: 1_024)
    /// Rasters of a page.
    static let page = (minimum: 1, standard: 50, maximum: 1_000)

    let shelf: CollectionShelf
    /// Apart from searches, which do not wait behind a large raster that is read for the first time.
    let admission: AdmissionQueue

    private static let path = "/v1/collections/{collection}/rasters"

    var endpoints: [Endpoint] {
        let raster = Operation.Parameter.path("raster", Schemas.id, "The number of the raster.")
        let position = Schema.integer(0...Int(Int32.max))
        return [
            Endpoint(
                Operation(
                    .get, Self.path, "listRasters", tag: "rasters",
                    "The rasters that tiles were cut from, by their numbers",
                    scope: .read,
                    parameters: [
                        .collection,
                        .query(
                            "k", .integer(Self.page.minimum...Self.page.maximum, standard: Self.page.standard),
                            "Rasters of one page."),
                        .query("cursor", Schemas.id, "next_cursor of the page before."),
                    ], answers: [.json("Rasters")]), list),
            Endpoint(
                Operation(
                    .get, Self.path + "/{raster}/pyramid/{level}/{x}/{y}", "getRasterPiece", tag: "rasters",
                    "A piece of a raster for a map, 256 x 256 pixels, fewer at the right and at the bottom",
                    scope: .read,
                    parameters: [
                        .collection, raster,
                        .path(
                            "level", .integer(0...30),
                            "0 shows the whole raster in one piece, each further level is twice as large; at last_level "
                                + "nothing is scaled."),
                        .path("x", position, "Pieces from the left."), .path("y", position, "Pieces from the top."),
                    ],
                    answers: [.binary("image/jpeg")], problems: Self.problems), piece),
            Endpoint(
                Operation(
                    .get, Self.path + "/{raster}/windows/{window}/thumb", "getRasterWindow", tag: "rasters",
                    "A small JPEG of a part of a raster", scope: .read,
                    parameters: [
                        .collection, raster,
                        .path(
                            "window", .pattern("^[0-9]{1,10}(,[0-9]{1,10}){3}$", "Pixels of the raster."),
                            "x, y, width and height."),
                        .query(
                            "w", .integer(Self.sides.minimum...Self.sides.maximum, standard: Self.sides.standard),
                            "Pixels of the longer side; a smaller part is given as it is."),
                    ],
                    answers: [.binary("image/jpeg")], problems: Self.problems), window),
        ]
    }

    private static let problems: [ProblemKind] = [
        .unknownRaster, .originalMissing, .sourceChanged, .sourceDamaged,
    ]

    private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let query = QueryReader(request)
        let limit = try query.integer("k", Self.page.minimum...Self.page.maximum) ?? Self.page.standard
        let last = try query.integer("cursor", 1...Int.max).map { Int64($0) }
        let rasters = try await collection.store.rasters(after: last, limit: limit)
        return .json { json in
            json.object { json in
                json.member("rasters", rasters.map { RasterAnswer(listed: $0, collection: collection) })
                json.member("next_cursor", rasters.count == limit ? rasters.last?.raster.id : nil)
            }
        }
    }

    private func piece(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(on: shelf).store
        let raster = try store.raster(context.raster())
        let (level, x, y) = (try context.number("level"), try context.number("x"), try context.number("y"))
        return try await response(to: request, tag: Self.tag(raster, "\(level)-\(x)-\(y)"), of: raster) {
            try await store.piece(of: raster, level: level, x: x, y: y)
        }
    }

    private func window(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(on: shelf).store
        let raster = try store.raster(context.raster())
        // Some clients encode commas.
        let text = context.parameters.get("window")?.removingPercentEncoding ?? ""
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3]
        else { throw Problem.parameter("window", "is not x,y,width,height") }
        let sides = Self.sides.minimum...Self.sides.maximum
        let side = try QueryReader(request).integer("w", sides) ?? Self.sides.standard
        let place = RasterPlace.window(PixelWindow(x: x, y: y, width: width, height: height), raster: raster.id)
        _ = try place.window(in: raster.facts)
        return try await response(
            to: request, tag: Self.tag(raster, "\(x)-\(y)-\(width)-\(height)-\(side)"), of: raster
        ) {
            try await store.picture(of: place, maximumSide: side)
        }
    }

    /// Changes when the file does.
    private static func tag(_ raster: TileContainer, _ part: String) -> String {
        "\"\(raster.id)-\(raster.stamp.size)-\(raster.stamp.modified)-\(part)\""
    }

    /// Browsers ask again and get 304 while the file is as it was.
    private func response(
        to request: Request, tag: String, of raster: TileContainer, _ make: () async throws -> [UInt8]
    ) async throws -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: "image/jpeg", .eTag: tag, .cacheControl: "private, no-cache"])
        if request.headers[.ifNoneMatch] == tag, [.asAdded, .incomplete].contains(raster.checkFiles()) {
            response.status = .notModified
        } else {
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: try await admission.run(make)))
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
