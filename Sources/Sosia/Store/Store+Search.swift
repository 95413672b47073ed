import Foundation
public import SosiaCore

extension Store {
    /// How long the stages of a search took, milliseconds.
    public struct Timings: Sendable, Hashable, Codable {
        public let decode: Double
        /// The loading of the network included, when this search needed it first.
        public let embed: Double
        public let search: Double
        public let total: Double
    }

    /// An answer and how long it took.
    public struct Answer: Sendable, Hashable {
        public let response: SearchResponse
        public let timings: Timings

        public var hits: [SearchHit] { response.hits }
    }

    /// The pictures most similar to an encoded one.
    /// - Throws: `DecodeError` for what is not a picture; ``StoreError``; `EngineError`.
    public func search(
        _ bytes: [UInt8], k: Int = SearchRequest.defaultK, mode: SearchRequest.Mode = .automatic
    ) async throws -> Answer {
        var watch = Stopwatch()
        let embedder = try embedder()
        let loading = watch.lap()
        let picture = try decoder.decode(bytes, for: embedder.input)
        let decode = watch.lap()
        let embedding = try embedder.embed(picture.pixels)
        let embed = watch.lap() + loading
        let response = try await engine.search(
            SearchRequest(.embedding(embedding, of: embedder.identity), k: k, mode: mode))
        let search = watch.lap()
        return Answer(
            response: response,
            timings: Timings(decode: decode, embed: embed, search: search, total: decode + embed + search))
    }

    /// The pictures most similar to one in a file.
    /// - Throws: ``SkipReason`` when the file cannot be read; what ``search(_:k:mode:)-([UInt8],_,_)`` throws.
    public func search(
        file path: String, k: Int = SearchRequest.defaultK, mode: SearchRequest.Mode = .automatic
    ) async throws -> Answer {
        try await search(FileContent(reading: AbsolutePath.of(path)).bytes, k: k, mode: mode)
    }

    /// The pictures most similar to one of the collection, itself left out. Nothing is decoded.
    /// - Throws: `EngineError.unknownImage`
    public func search(
        _ id: ImageID, k: Int = SearchRequest.defaultK, mode: SearchRequest.Mode = .automatic
    ) async throws -> Answer {
        var watch = Stopwatch()
        let response = try await engine.search(SearchRequest(.image(id), k: k, mode: mode))
        let search = watch.lap()
        return Answer(
            response: response, timings: Timings(decode: 0, embed: 0, search: search, total: search))
    }
}

/// Milliseconds between laps.
private struct Stopwatch {
    private var last = ContinuousClock.now

    mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        return Double((now - last).components.attoseconds) / 1e15 + Double((now - last).components.seconds) * 1e3
    }
}
