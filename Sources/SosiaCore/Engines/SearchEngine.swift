/// A collection of pictures that can be searched: embedded, or on an existing database.
///
/// The roles below are all that the rest of the house knows of an engine. None has default implementations, so that a new
/// engine cannot silently skip a duty; the checks of the `EngineConformance` library say what each promise means.
public typealias CollectionEngine = SearchEngine & PictureLedger & TileLedger & EngineUpkeep

/// Finds what is most similar.
///
/// A collection has one set of vectors today. When it holds two side by side (an old and a new descriptor), a set will be
/// named by its ``ModelIdentity``, which requests carry already.
public protocol SearchEngine: Sendable {
    /// The model whose vectors the collection holds.
    var model: ModelIdentity { get }

    /// What makes two sources one picture in this collection.
    var identity: PictureIdentity { get }

    /// What this engine can do and what it cannot: facts, the same for every collection of its kind.
    var abilities: EngineAbilities { get }

    /// Answers several requests, which may share work and see one state of the collection.
    ///
    /// Each answer has `request.k` hits whenever so many pictures pass the filter, lie within the distance and behind
    /// the cursor.
    /// - Returns: one response a request, in order, each equal to what the request alone would get.
    /// - Throws: what the first request that fails throws: `EngineError`, `VectorError.dimensionMismatch`;
    ///   `EngineError.tooMany` for more than `SearchRequest.maximumBatch` requests or `.maximumBatchHits` hits; `.invalidK`
    ///   beyond the ``EngineAbilities/maximumK`` of the engine; `.unsupported` for `.exact` where nothing is proven.
    func search(_ requests: [SearchRequest]) async throws -> [SearchResponse]

    /// The vector of a picture; bit by bit the one that it was added with, where the abilities say so.
    /// - Throws: `EngineError.unknownImage`
    func embedding(of id: ImageID) async throws -> Embedding

    /// The long read of copies, duplicates and verification: all vectors in the order of their pictures' ids, a page at
    /// a time. Pictures that come or go between two pages may be seen or not; no other is passed over.
    /// - Parameter id: the last of the page before; nil for the first page.
    func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector]

    /// The number of pictures.
    func count() async throws -> Int
}

extension SearchEngine {
    /// The answer to one request.
    public func search(_ request: SearchRequest) async throws -> SearchResponse {
        guard let response = try await search([request]).first else {
            throw EngineError.incomplete("no answer came for a request")
        }
        return response
    }
}

/// A vector and the picture that it stands for.
public struct StoredVector: Sendable, Hashable {
    public let id: ImageID
    public let embedding: Embedding

    public init(id: ImageID, embedding: Embedding) {
        self.id = id
        self.embedding = embedding
    }
}

/// What makes two sources one picture; a fact of a collection, decided when it is made.
public enum PictureIdentity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Equal bytes are one picture, wherever they lie.
    case content
    /// Each source is a picture with attributes of its own; equal bytes are embedded once.
    case file
}
