import Hummingbird
import Sosia

/// Searches: by examples, in batches, and by a picture of the collection.
struct SearchController: Controller {
    let collections: ServedCollections
    let handler: SearchHandler
    let form: FormReader

    private static let path = "/v1/collections/{collection}"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, Self.path + "/search", "search", tag: "search",
                    "Find pictures like some examples and unlike others", scope: .read, parameters: [.collection],
                    body: [.json("Search"), .form(Schemas.searchForm)], answers: [.json("SearchAnswer")],
                    problems: Self.problems), search),
            Endpoint(
                Operation(
                    .post, Self.path + "/search/batch", "searchBatch", tag: "search",
                    "Search for several queries at once, which is faster than one by one", scope: .read,
                    parameters: [.collection],
                    body: [.json("SearchBatch")], answers: [.json("SearchAnswers")], problems: Self.problems), batch),
            Endpoint(
                Operation(
                    .get, Self.path + "/images/{id}/similar", "similar", tag: "search",
                    "Find pictures like one of the collection", scope: .read,
                    parameters: [.collection, .picture] + SearchOptions.all.map(\.parameter),
                    answers: [.json("SearchAnswer")],
                    problems: [.invalidFilter, .invalidCursor, .invalidBody]), similar),
        ]
    }

    private static let problems: [ProblemKind] = [
        .invalidFilter, .invalidCursor, .invalidParameter, .unknownPicture, .unknownRaster, .originalMissing,
        .sourceChanged, .sourceDamaged, .urlNotAllowed, .unfetchable, .notAPicture, .pictureTooLarge,
        .dimensionMismatch,
    ]

    private func search(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let answer: Store.Answer
        switch request.mediaType {
        case FormReader.mediaType?:
            let share = form.held.share()
            let form = try await SearchForm(request, context, reader: form, share: share)
            answer = try await handler.answer(form.body, uploads: form.uploads, in: collection, context)
        case "application/json"?:
            answer = try await handler.answer(SearchBody(request.document(context)), in: collection, context)
        default:
            throw Problem.unsupportedMediaType(
                request.mediaType, expected: ["application/json", FormReader.mediaType])
        }
        return .json { SearchAnswer(answer: answer, collection: collection).write(to: &$0) }
    }

    private func batch(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let document = try await request.document(context)
        guard let searches = try document.object(["searches"])["searches"] else {
            throw document.wrong("searches are missing")
        }
        let bodies = try searches.array(1...SearchBody.maximumBatch).map { try SearchBody($0) }
        let answers = try await handler.answers(bodies, in: collection, context)
        return .json { json in
            json.object { json in
                json.member("answers", answers.map { SearchAnswer(answer: $0, collection: collection) })
            }
        }
    }

    private func similar(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let options = try SearchOptions(QueryReader(request))
        let answer = try await handler.similar(to: context.picture(), options, in: collection, context)
        return .json { SearchAnswer(answer: answer, collection: collection).write(to: &$0) }
    }
}

/// Runs a search from its body to its answer: gets the pictures of its examples, then waits for its turn.
struct SearchHandler: Sendable {
    let admission: AdmissionQueue
    let fetcher: PictureFetcher

    func answer(
        _ body: SearchBody, uploads: [String: [UInt8]] = [:], in collection: ServedCollection, _ context: ServerContext
    ) async throws -> Store.Answer {
        let search = try await body.options.search(examples(of: body, uploads))
        return try await admitted(context) { try await collection.store.search(search) }
    }

    func answers(
        _ bodies: [SearchBody], in collection: ServedCollection, _ context: ServerContext
    ) async throws -> [Store.Answer] {
        var searches: [PictureSearch] = []
        for body in bodies { searches.append(try await body.options.search(examples(of: body, [:]))) }
        let all = searches
        return try await admission.run { try await collection.store.search(all) }
    }

    func similar(
        to id: ImageID, _ options: SearchOptions, in collection: ServedCollection, _ context: ServerContext
    ) async throws -> Store.Answer {
        let search = options.search([PictureExample(.image(id))])
        return try await admitted(context) { try await collection.store.search(search) }
    }

    private func admitted(
        _ context: ServerContext, _ search: () async throws -> Store.Answer
    ) async throws -> Store.Answer {
        let start = ContinuousClock.now
        let answer = try await admission.run {
            context.trace.add(.queue, (ContinuousClock.now - start).milliseconds)
            return try await search()
        }
        let timings = answer.timings
        if timings.decode > 0 { context.trace.add(.decode, timings.decode) }
        if timings.embed > 0 { context.trace.add(.embed, timings.embed) }
        context.trace.add(.search, timings.search)
        return answer
    }

    private func examples(of body: SearchBody, _ uploads: [String: [UInt8]]) async throws -> [PictureExample] {
        var examples: [PictureExample] = []
        for example in body.examples {
            let source: PictureExample.Source
            switch example.source {
            case .image(let id): source = .image(id)
            case .window(let window): source = .place(window)
            case .vector(let values): source = .embedding(try Embedding(values))
            case .url(let url): source = .bytes(try await fetcher.fetch(url).bytes)
            case .upload(let name):
                guard let bytes = uploads[name] else {
                    throw Problem.body(at: example.pointer + "/upload", "the body has no file of this name")
                }
                source = .bytes(bytes)
            }
            examples.append(PictureExample(source, region: example.region, weight: example.weight))
        }
        return examples
    }
}
