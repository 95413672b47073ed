import Hummingbird
import Sosia

/// Finds connected groups of near-duplicates.
struct DuplicateController: Controller {
    /// Groups of a page.
    static let minimumPage = 1
    static let defaultPage = 50
    static let maximumPage = 500
    /// Pictures of a page's groups, unless its first one has more.
    static let maximumMembers = 1_000

    let collections: ServedCollections
    let admission: AdmissionQueue

    private static let pages = minimumPage...maximumPage

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}/duplicates", "duplicates", tag: "search",
                    "Find connected groups of near-duplicates; a page ends early, with at least one, at 1,000 pictures or 4 MiB",
                    scope: .read,
                    parameters: [
                        .collection,
                        Operation.Parameter(
                            name: "max_distance", location: .query, schema: .number,
                            description: "Largest distance between near-duplicates, in the collection's metric.",
                            isRequired: true),
                        .query("limit", .integer(Self.pages, standard: Self.defaultPage), "Groups per page."),
                        .query("cursor", .integer(1...Int.max), "next_cursor of the previous page."),
                    ],
                    answers: [.json("Duplicates")], problems: [.invalidBody, .unsupported]), duplicates
            ).admitted(by: admission)
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
        let found = try await collection.store.duplicates(within: Float(distance), limit: limit, after: after)
        // A group is not cut, but what a page holds beside the first one is bounded.
        var members = 0
        let groups = found.groups.prefix { group in
            defer { members += group.members.count }
            return members == 0 || members + group.members.count <= Self.maximumMembers
        }
        let records = try await collection.store.records(groups.flatMap { $0.members.map(\.id) })
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        return try await LargeAnswer.json(context) { json in
            json.object { json in
                let written = json.member("groups", Array(groups), upTo: LargeAnswer.pageBytes) { json, group in
                    json.array(group.members) { json, member in
                        json.object { json in
                            json.member("distance", member.distance)
                            if let record = byID[member.id] {
                                PictureAnswer(record: record, collection: collection, showsPath: context.seesPaths)
                                    .writeMembers(to: &json)
                            }
                        }
                    }
                }
                json.member("total", found.total)
                json.member("truncated", found.truncated)
                let isCut = written > 0 && written < found.groups.count
                json.member("next_cursor", isCut ? found.groups[written - 1].members[0].id : found.next)
            }
        }
    }
}
