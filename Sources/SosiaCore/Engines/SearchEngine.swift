/// A searchable collection of pictures: embedded in the process or on an existing database.
///
/// These roles are all that the rest of the project knows of an engine. None has default implementations, so that a new
/// engine cannot silently skip a duty; the checks of the `EngineConformance` library define what each promise means.
public typealias CollectionEngine = SearchEngine & PictureLedger & TileLedger & EngineUpkeep

/// Finds the most similar pictures.
///
/// A collection has one set of vectors today. If it is ever to hold two side by side (an old and a new descriptor), the
/// ``ModelIdentity`` that requests already carry will name the set.
public protocol SearchEngine: Sendable {
    /// The model whose vectors the collection holds.
    var model: ModelIdentity { get }

    /// What makes two sources one picture in this collection.
    var identity: PictureIdentity { get }

    /// What this engine can and cannot do.
    var abilities: EngineAbilities { get }

    /// Answers several requests, which may share work and see the same state of the collection.
    ///
    /// Each answer has `request.k` hits if that many pictures pass the filter, lie within the distance and come after the
    /// cursor.
    /// - Returns: one response per request, in order, each the same as if the request were made alone.
    /// - Throws: what the first request that fails throws: `EngineError`, `VectorError.dimensionMismatch`;
    ///   `EngineError.tooMany` for more than `SearchRequest.maximumBatch` requests or `.maximumBatchHits` hits; `.invalidK`
    ///   beyond the ``EngineAbilities/maximumK`` of the engine; `.unsupported` for `.exact` where nothing is proven.
    func search(_ requests: [SearchRequest]) async throws -> [SearchResponse]

    /// The vector of a picture; bit for bit the one that was added, if ``EngineAbilities/keepsVectorBits``.
    /// - Throws: `EngineError.unknownImage`
    func embedding(of id: ImageID) async throws -> Embedding

    /// All vectors, ordered by picture id, for reading a whole collection. Pictures added or removed between two pages
    /// may or may not be included; all others are.
    /// - Parameter id: the last one of the previous page; nil for the first page.
    func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector]

    /// The number of pictures.
    func count() async throws -> Int
}

extension SearchEngine {
    /// Answers one request.
    public func search(_ request: SearchRequest) async throws -> SearchResponse {
        guard let response = try await search([request]).first else {
            throw EngineError.incomplete("no answer came for a request")
        }
        return response
    }
}

/// A vector and the picture it belongs to.
public struct StoredVector: Sendable, Hashable {
    public let id: ImageID
    public let embedding: Embedding

    public init(id: ImageID, embedding: Embedding) {
        self.id = id
        self.embedding = embedding
    }
}

/// What makes two sources one picture; fixed when a collection is created.
public enum PictureIdentity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Equal bytes are one picture, wherever they are found.
    case content
    /// Each source is a separate picture with its own attributes; equal bytes are embedded only once.
    case file
}
