import Sosia

/// Takes a search from its body to its answer: uploads and addresses become pictures, then it waits for its turn.
struct SearchDesk: Sendable {
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
            case .place(let place): source = .place(place)
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
