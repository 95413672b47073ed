import FileSystem
import Images
import SosiaCore
import Synchronization
import Workers

extension Store {
    /// The pictures that are like some and unlike others.
    ///
    /// Decoding, embedding and searching run on threads of their own.
    /// - Throws: ``ExampleError`` for a picture that cannot be read; what the network's loading throws; ``RasterPlaceError``
    ///   and ``TileError`` for a place that cannot be looked at; `EngineError`; ``StoreError``.
    public func search(_ search: PictureSearch) async throws -> Answer {
        try await self.search([search])[0]
    }

    /// Several questions at once, which share the work where they can.
    /// - Returns: one answer a question, in order; `timings.search` and `.total` of each are those of all.
    /// - Throws: what the first question that fails throws.
    public func search(_ searches: [PictureSearch]) async throws -> [Answer] {
        var watch = Stopwatch()
        let resolved = try await resolve(searches)
        let before = watch.lap()
        let responses = try await responses(resolved.map { ($0.search.overlaps, try $0.request()) })
        let searched = watch.lap()
        return zip(responses, resolved).map { response, resolved in
            Answer(
                response: response,
                timings: Timings(
                    decode: resolved.decode, embed: resolved.embed, search: searched, total: before + searched))
        }
    }

    private func responses(_ questions: [(overlaps: PictureSearch.Overlaps, request: SearchRequest)]) async throws
        -> [SearchResponse]
    {
        let requests = questions.map(\.request)
        if questions.allSatisfy({ $0.overlaps == .keep }) { return try await engine.search(requests) }
        if questions.allSatisfy({ $0.overlaps == .merge }) { return try await merged(requests) }
        var responses: [SearchResponse] = []
        for (overlaps, request) in questions {
            responses += overlaps == .keep ? try await engine.search([request]) : try await merged([request])
        }
        return responses
    }

    /// Turns the pictures of all questions into vectors, as many at once as there are cores.
    private func resolve(_ searches: [PictureSearch]) async throws -> [ResolvedSearch] {
        if let crowded = searches.first(where: { $0.examples.count > SearchRequest.maximumExamples }) {
            throw EngineError.tooMany(
                "examples", got: crowded.examples.count, maximum: SearchRequest.maximumExamples)
        }
        try await checkPixels(of: searches)
        var resolved = searches.map(ResolvedSearch.init)
        let line = ExampleLine()
        await withTaskGroup(of: PlacedExample.self) { group in
            for (question, search) in searches.enumerated() {
                for (position, example) in search.examples.enumerated() {
                    let turn = line.next()
                    if let known = example.known {
                        resolved[question].place(.success(known), at: position)
                        continue
                    }
                    group.addTask(executorPreference: queries) {
                        PlacedExample(
                            question: question, position: position,
                            result: await line.result(at: turn) { try await self.embed(example, position) })
                    }
                }
            }
            for await placed in group { resolved[placed.question].place(placed.result, at: placed.position) }
        }
        // What is thrown is the first in order, not in time.
        for question in resolved.indices { try resolved[question].finish() }
        return resolved
    }

    /// Places are small in a request and large in memory.
    private func checkPixels(of searches: [PictureSearch]) async throws {
        var rasters: [Int64: TileContainer] = [:]
        var pixels = 0
        for case .place(let place) in searches.lazy.flatMap(\.examples).map(\.source) {
            var known = rasters[place.raster]
            if known == nil { known = try await raster(place.raster) }
            guard let raster = known else { continue }
            rasters[place.raster] = raster
            let window = try place.window(in: raster.facts)
            pixels += window.width * window.height
        }
        guard pixels <= RasterPlace.maximumPixels else {
            throw RasterPlaceError.tooManyPixels(got: pixels, maximum: RasterPlace.maximumPixels)
        }
    }

    private func embed(_ example: PictureExample, _ position: Int) async throws -> ResolvedExample {
        var watch = Stopwatch()
        do {
            let content = try await content(of: example)
            let embedder = try await embedder()
            let loading = watch.lap()
            let pixels =
                switch content {
                case .bytes(let bytes): try decoder.decode(bytes, for: embedder.input, region: example.region).pixels
                case .tile(let tile):
                    try decoder.resized(try await cut(tile), for: embedder.input, region: example.region)
                case .place(let place):
                    try decoder.resized(try await cut(place), for: embedder.input, region: example.region)
                }
            let decode = watch.lap()
            try Task.checkCancellation()
            let embedding = try embedder.embed(pixels)
            return ResolvedExample(
                example: Example(.embedding(embedding, of: embedder.identity), weight: example.weight),
                excluding: example.id, decode: decode, embed: watch.lap() + loading)
        } catch let error as DecodeError {
            throw ExampleError(position: position, reason: .decoding(error))
        } catch let reason as SkipReason {
            throw ExampleError(position: position, reason: reason)
        }
    }

    private func content(of example: PictureExample) async throws -> ExampleContent {
        switch example.source {
        case .bytes(let bytes): return .bytes(bytes)
        case .file(let path): return .bytes(try FileContent.bytes(reading: AbsolutePath.of(path)))
        case .image(let id):
            let origin = try await origin(of: id)
            if let tile = origin.tile { return .tile(tile) }
            return .bytes(try await original(of: origin).bytes)
        case .place(let place): return .place(place)
        case .embedding: return .bytes([])
        }
    }
}

/// The pictures of all questions, one behind the other: what comes behind one that cannot be used is not looked at.
private final class ExampleLine: Sendable {
    private let count = Atomic<Int>(0)
    private let end = Atomic<Int>(.max)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }

    func result(
        at turn: Int, _ resolve: () async throws -> ResolvedExample
    ) async -> Result<ResolvedExample, any Error> {
        do {
            try Task.checkCancellation()
            guard turn < end.load(ordering: .relaxed) else { throw CancellationError() }
            return .success(try await resolve())
        } catch {
            end.min(turn, ordering: .relaxed)
            return .failure(error)
        }
    }
}

/// What an example is decoded or cut from.
private enum ExampleContent {
    case bytes([UInt8])
    case tile(Tile)
    case place(RasterPlace)
}

/// An example that is a vector, or a picture whose vector the engine has.
struct ResolvedExample: Sendable {
    let example: Example
    /// The picture of which it is a part.
    var excluding: ImageID?
    /// Milliseconds.
    var decode = 0.0
    var embed = 0.0
}

/// What became of one picture of one question.
///
/// A structure: the release build of Swift 6.3.1 trapped on the same three values as a tuple.
private struct PlacedExample: Sendable {
    let question: Int
    let position: Int
    let result: Result<ResolvedExample, any Error>
}

/// A question whose pictures are becoming vectors.
private struct ResolvedSearch {
    let search: PictureSearch
    private var results: [Int: Result<ResolvedExample, any Error>] = [:]
    /// In the order of the question's pictures.
    private var examples: [ResolvedExample] = []

    init(_ search: PictureSearch) {
        self.search = search
    }

    var decode: Double { examples.reduce(0) { $0 + $1.decode } }
    var embed: Double { examples.reduce(0) { $0 + $1.embed } }

    mutating func place(_ example: Result<ResolvedExample, any Error>, at position: Int) {
        results[position] = example
    }

    /// - Throws: what is wrong with the first picture that could not be used.
    mutating func finish() throws {
        examples = try search.examples.indices.compactMap { try results[$0]?.get() }
    }

    func request() throws(EngineError) -> SearchRequest {
        let parts = examples.compactMap(\.excluding)
        return try SearchRequest(
            Self.query(examples.map(\.example)), k: search.k, mode: search.mode, filter: search.filter,
            maximumDistance: search.maximumDistance, after: search.cursor, excluding: search.excluding.union(parts),
            index: search.index)
    }

    /// One picture alone needs no combining.
    private static func query(_ examples: [Example]) -> SearchRequest.Query {
        guard examples.count == 1, examples[0].weight > 0, examples[0].weight.isFinite else {
            return .examples(examples)
        }
        switch examples[0].source {
        case .embedding(let embedding, let model): return .embedding(embedding, of: model)
        case .image(let id): return .image(id)
        }
    }
}

extension PictureExample {
    /// What needs no decoding.
    fileprivate var known: ResolvedExample? {
        switch source {
        case .embedding(let embedding): ResolvedExample(example: Example(.embedding(embedding), weight: weight))
        case .image(let id) where region == nil: ResolvedExample(example: Example(.image(id), weight: weight))
        case .bytes, .file, .image, .place: nil
        }
    }

    fileprivate var id: ImageID? {
        if case .image(let id) = source { id } else { nil }
    }
}
