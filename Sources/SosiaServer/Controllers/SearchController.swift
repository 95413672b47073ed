import Hummingbird
import Sosia

/// Searching: by pictures, by several at once, by what is there.
struct SearchController: Controller {
    let shelf: CollectionShelf
    let desk: SearchDesk
    let form: FormReader

    private static let path = "/v1/collections/{collection}"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, Self.path + "/search", "search", tag: "search",
                    "Pictures that are like some and unlike others", scope: .read, parameters: [.collection],
                    body: [.json("Search"), .form(Schemas.searchForm)], answers: [.json("SearchAnswer")],
                    problems: Self.problems), search),
            Endpoint(
                Operation(
                    .post, Self.path + "/search/batch", "searchBatch", tag: "search",
                    "Several searches, which share the work", scope: .read, parameters: [.collection],
                    body: [.json("SearchBatch")], answers: [.json("SearchAnswers")], problems: Self.problems), batch),
            Endpoint(
                Operation(
                    .get, Self.path + "/images/{id}/similar", "similar", tag: "search",
                    "Pictures that are like one of the collection", scope: .read,
                    parameters: [.collection, .picture] + Schemas.searchParameters, answers: [.json("SearchAnswer")],
                    problems: [.invalidFilter, .invalidCursor, .invalidBody]), similar),
        ]
    }

    private static let problems: [ProblemKind] = [
        .invalidFilter, .invalidCursor, .invalidParameter, .unknownPicture, .unknownRaster, .originalMissing,
        .sourceChanged, .sourceDamaged, .urlNotAllowed, .unfetchable, .notAPicture, .pictureTooLarge,
        .dimensionMismatch,
    ]

    private func search(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let answer: Store.Answer
        switch request.mediaType {
        case FormReader.mediaType?:
            let share = form.held.share()
            let form = try await SearchForm(request, context, reader: form, share: share)
            answer = try await desk.answer(form.body, uploads: form.uploads, in: collection, context)
        case "application/json"?:
            answer = try await desk.answer(SearchBody(request.document(context)), in: collection, context)
        default:
            throw Problem.unsupportedMediaType(
                request.mediaType, expected: ["application/json", FormReader.mediaType])
        }
        return try .json { try SearchAnswer(answer, in: collection).write(to: &$0) }
    }

    private func batch(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let document = try await request.document(context)
        guard let searches = try document.object(["searches"])["searches"] else {
            throw document.wrong("searches are missing")
        }
        let bodies = try searches.array(1...SearchBody.maximumBatch).map { try SearchBody($0) }
        let answers = try await desk.answers(bodies, in: collection, context)
        return try .json { json in
            try json.object { json in
                json.member("answers", try answers.map { try SearchAnswer($0, in: collection) })
            }
        }
    }

    private func similar(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let options = try SearchOptions(QueryReader(request))
        let answer = try await desk.similar(to: context.picture(), options, in: collection, context)
        return try .json { try SearchAnswer(answer, in: collection).write(to: &$0) }
    }
}
