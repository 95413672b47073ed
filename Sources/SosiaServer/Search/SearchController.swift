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
        .sourceChanged, .sourceDamaged, .urlNotAllowed, .unfetchable, .tooManyRequests, .notAPicture,
        .pictureTooLarge, .dimensionMismatch,
    ]

    private func search(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        switch request.mediaType {
        case FormReader.mediaType?:
            let form = try await SearchForm(request, context, reader: form)
            return try await handler.answer(in: collection, context, documentBytes: form.fieldBytes) {
                try form.question()
            }
        case "application/json"?:
            let document = try await request.document(context)
            return try await handler.answer(in: collection, context, documentBytes: document.count) {
                SearchQuestion(body: try SearchBody(JSONReader(document)))
            }
        default:
            throw Problem.unsupportedMediaType(
                request.mediaType, expected: ["application/json", FormReader.mediaType])
        }
    }

    private func batch(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let document = try await request.document(context)
        return try await handler.run(in: collection, context, documentBytes: document.count) {
            let document = try JSONReader(document)
            guard let searches = try document.object(["searches"])["searches"] else {
                throw document.wrong("searches are missing")
            }
            return try searches.array(1...SearchBody.maximumBatch).map { SearchQuestion(body: try SearchBody($0)) }
        } write: { questions, answers in
            try await LargeAnswer.json(context) { json in
                json.object { json in
                    json.member("answers", Array(zip(questions, answers))) { json, answered in
                        SearchAnswer(
                            answer: answered.1, collection: collection, showsPaths: context.seesPaths,
                            returned: answered.0.body.returned, bytes: LargeAnswer.pageBytes / answers.count
                        ).write(to: &json)
                    }
                }
            }
        }
    }

    private func similar(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let query = QueryReader(request)
        let id = try context.picture()
        return try await handler.answer(in: collection, context) {
            SearchQuestion(body: SearchBody(like: id, try SearchOptions(query)))
        }
    }
}

/// Runs searches from their bodies to their answers. All of it happens in a request's turn: reading the body, decoding
/// pictures, searching and writing; only pictures from addresses are fetched before a second turn.
struct SearchHandler: Sendable {
    typealias Write<Value> = (_ questions: [SearchQuestion], _ answers: [Store.Answer]) async throws -> Value

    private enum Turn<Value> {
        case done(Value)
        case fetching([SearchQuestion])
    }

    let admission: AdmissionQueue
    let fetching: FetchHandler

    /// One search, answered as all interfaces but the earlier one answer it.
    func answer(
        in collection: ServedCollection, _ context: ServerContext, documentBytes: Int = 0,
        _ read: @Sendable () throws -> SearchQuestion
    ) async throws -> Response {
        try await run(in: collection, context, documentBytes: documentBytes, { [try read()] }) { questions, answers in
            let (question, answer) = (questions[0], answers[0])
            return try await LargeAnswer.json(isLong: answer.hits.count > SearchOptions.defaultK, context) { json in
                SearchAnswer(
                    answer: answer, collection: collection, showsPaths: context.seesPaths,
                    returned: question.body.returned
                ).write(to: &json)
            }
        }
    }

    /// - Parameters:
    ///   - documentBytes: of the JSON that is read.
    ///   - read: reads the questions.
    ///   - write: writes what is found.
    func run<Value>(
        in collection: ServedCollection, _ context: ServerContext, documentBytes: Int,
        _ read: @Sendable () throws -> [SearchQuestion], write: Write<Value>
    ) async throws -> Value {
        let start = ContinuousClock.now
        let first: Turn<Value> = try await admission.run {
            context.trace.add(.queue, (ContinuousClock.now - start).milliseconds)
            let questions = try await LongWork.run(documentBytes > LongWork.small, read)
            if questions.contains(where: { !$0.addresses.isEmpty }) { return .fetching(questions) }
            return .done(try await search(questions, [], in: collection, context, write))
        }
        switch first {
        case .done(let value): return value
        case .fetching(let questions):
            let pictures = try await fetching.fetch(questions.flatMap(\.addresses), context)
            return try await admission.run {
                try await search(questions, pictures.map(\.bytes), in: collection, context, write)
            }
        }
    }

    /// - Parameter fetched: the pictures at the addresses, in order.
    private func search<Value>(
        _ questions: [SearchQuestion], _ fetched: [[UInt8]], in collection: ServedCollection, _ context: ServerContext,
        _ write: Write<Value>
    ) async throws -> Value {
        var fetched = fetched[...]
        let searches = try questions.map { try $0.search(&fetched) }
        let answers = try await collection.store.search(searches)
        for timings in answers.prefix(1).map(\.timings) {
            if timings.decode > 0 { context.trace.add(.decode, timings.decode) }
            if timings.embed > 0 { context.trace.add(.embed, timings.embed) }
            context.trace.add(.search, timings.search)
        }
        return try await write(questions, answers)
    }
}

extension SearchQuestion {
    /// - Parameter fetched: loses the pictures at the addresses of the question.
    fileprivate func search(_ fetched: inout ArraySlice<[UInt8]>) throws -> PictureSearch {
        body.options.search(
            try body.examples.map { example in
                let source: PictureExample.Source
                switch example.source {
                case .image(let id): source = .image(id)
                case .window(let window): source = .place(window)
                case .vector(let values): source = .embedding(try Embedding(values))
                case .url: source = .bytes(fetched.popFirst() ?? [])
                case .upload(let name):
                    guard let bytes = uploads[name] else {
                        throw Problem.body(at: example.pointer + "/upload", "the body has no file of this name")
                    }
                    source = .bytes(bytes)
                }
                return PictureExample(source, region: example.region, weight: example.weight)
            })
    }
}
