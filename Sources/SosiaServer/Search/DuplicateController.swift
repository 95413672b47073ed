import Hummingbird
import Sosia

/// Finds connected groups of near-duplicates.
struct DuplicateController: Controller {
    /// Groups of a page.
    static let minimumPage = 1
    static let defaultPage = 50
    static let maximumPage = 500

    let collections: ServedCollections
    let admission: AdmissionQueue

    private static let pages = minimumPage...maximumPage

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}/duplicates", "duplicates", tag: "search",
                    "Find connected groups of near-duplicates", scope: .read,
                    parameters: [
                        .collection,
                        Operation.Parameter(
                            name: "max_distance", location: .query, schema: .number,
                            description: "Largest distance between near-duplicates, in the collection's metric.",
                            isRequired: true),
                        .query("limit", .integer(Self.pages, standard: Self.defaultPage), "Groups per page."),
                        .query("cursor", .integer(1...Int.max), "next_cursor of the previous page."),
                    ],
                    answers: [.json("Duplicates")], problems: [.invalidBody, .unsupported]), duplicates)
        ]
    }

    private func duplicates(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let query = QueryReader(request)
        guard let distance = try query.number("max_distance") else {
            throw Problem.parameter("max_distance", "is missing")
        }
        let limit = try query.integer("limit", Self.pages) ?? Self.defaultPage
        let after = try query.integer("cursor", 1...Int.max).map { ImageID(rawValue: Int64($0)) }
        let found = try await admission.run {
            try await collection.store.duplicates(within: Float(distance), limit: limit, after: after)
        }
        let records = try await collection.store.records(found.groups.flatMap { $0.members.map(\.id) })
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        return .json { json in
            json.object { json in
                json.member("groups", found.groups) { json, group in
                    json.array(group.members) { json, member in
                        json.object { json in
                            json.member("distance", member.distance)
                            if let record = byID[member.id] {
                                PictureAnswer(record: record, collection: collection).writeMembers(to: &json)
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
