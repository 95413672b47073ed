import Hummingbird
import Sosia

/// Groups of near-identical pictures.
struct DuplicateController: Controller {
    static let groups = (minimum: 1, standard: 50, maximum: 500)

    let shelf: CollectionShelf
    let admission: AdmissionQueue

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}/duplicates", "duplicates", tag: "search",
                    "Groups of pictures that lie within a distance of each other", scope: .read,
                    parameters: [
                        .collection,
                        Operation.Parameter(
                            name: "max_distance", place: .query, schema: .number,
                            description: "How far near-identical pictures may be apart, by the collection's metric.",
                            isRequired: true),
                        .query(
                            "limit",
                            .integer(Self.groups.minimum...Self.groups.maximum, standard: Self.groups.standard),
                            "Groups of one page."),
                        .query("cursor", .integer(1...Int.max), "next_cursor of the page before."),
                    ],
                    answers: [.json("Duplicates")], problems: [.invalidBody]), duplicates)
        ]
    }

    private func duplicates(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let query = QueryReader(request)
        guard let distance = try query.number("max_distance") else {
            throw Problem.parameter("max_distance", "is missing")
        }
        let limit = try query.integer("limit", Self.groups.minimum...Self.groups.maximum) ?? Self.groups.standard
        let after = try query.integer("cursor", 1...Int.max).map { ImageID(rawValue: Int64($0)) }
        let found = try await admission.run {
            try await collection.store.engine.duplicates(within: Float(distance), limit: limit, after: after)
        }
        let records = try await collection.store.engine.records(found.groups.flatMap { $0.members.map(\.id) })
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        let rasters = try collection.rasters(of: records)
        return .json { json in
            json.object { json in
                json.member("groups", found.groups) { json, group in
                    json.array(group.members) { json, member in
                        json.object { json in
                            json.member("distance", member.distance)
                            if let record = byID[member.id] {
                                PictureAnswer(record: record, collection: collection, rasters: rasters)
                                    .writeMembers(to: &json)
                            }
                        }
                    }
                }
                json.member("total", found.total)
                json.member("truncated", found.truncated)
                json.member("next_cursor", found.next)
            }
        }
    }
}
