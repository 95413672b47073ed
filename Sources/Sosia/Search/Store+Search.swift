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
        try await search(.bytes(bytes), k: k, mode: mode)
    }

    /// The pictures most similar to one in a file.
    /// - Throws: ``SkipReason`` when the file cannot be read; what ``search(_:k:mode:)-([UInt8],_,_)`` throws.
    public func search(
        file path: String, k: Int = SearchRequest.defaultK, mode: SearchRequest.Mode = .automatic
    ) async throws -> Answer {
        try await search(.file(path), k: k, mode: mode)
    }

    /// The pictures most similar to one of the collection, itself left out. Nothing is decoded.
    /// - Throws: `EngineError.unknownImage`
    public func search(
        _ id: ImageID, k: Int = SearchRequest.defaultK, mode: SearchRequest.Mode = .automatic
    ) async throws -> Answer {
        try await search(.image(id), k: k, mode: mode)
    }

    private func search(
        _ source: PictureExample.Source, k: Int, mode: SearchRequest.Mode
    ) async throws -> Answer {
        var search = PictureSearch(source)
        (search.k, search.mode) = (k, mode)
        do {
            return try await self.search(search)
        } catch let error as ExampleError {
            throw error.cause
        }
    }
}
