/// A collection of pictures that can be searched: embedded, or on an existing database.
///
/// Every engine passes the checks of the `EngineConformance` library. The protocol has no default implementations,
/// so that a new engine cannot silently skip a duty.
public protocol SearchEngine: Sendable {
    /// The model whose vectors the collection holds.
    var model: ModelIdentity { get }

    /// Adds a batch as one unit: after it returns, all of it survives a crash; if it throws, none of it is seen.
    ///
    /// A draft whose `hash` is known already adds its source to that picture, which keeps its id. A draft whose
    /// `source` is known under another hash is a changed file: the picture keeps its id when no other source shows it.
    /// Attributes are merged by name, the draft's winning.
    /// - Returns: one id a draft, in order.
    /// - Throws: `VectorError.dimensionMismatch`; the engine's own error when it cannot write.
    func upsert(_ drafts: [ImageDraft]) async throws -> [ImageID]

    /// Changes attributes of a picture as one unit, by the rules of JSON Merge Patch (RFC 7396): what the patch names
    /// is set, null takes away, objects are patched themselves, everything else stays.
    /// - Returns: the record as it is now.
    /// - Throws: `EngineError.unknownImage`; the engine's own error when it cannot write.
    func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord

    /// Forgets pictures with all their sources. Unknown ids are passed over.
    /// - Returns: how many there were.
    func remove(_ ids: [ImageID]) async throws -> Int

    /// - Returns: the records of those ids that exist, in the order asked for.
    func records(_ ids: [ImageID]) async throws -> [ImageRecord]

    /// The vector of a picture, as it was given.
    /// - Throws: `EngineError.unknownImage`
    func embedding(of id: ImageID) async throws -> Embedding

    /// Returns `request.k` hits whenever so many pictures pass the filter, lie within the distance and behind the
    /// cursor.
    /// - Throws: `EngineError`; `VectorError.dimensionMismatch`.
    func search(_ request: SearchRequest) async throws -> SearchResponse

    /// The same for several requests, which may share work and see one state of the collection.
    /// - Returns: one response a request, in order, equal to what ``search(_:)-(SearchRequest)`` gives.
    /// - Throws: what the first request that fails throws; `EngineError.tooMany` for more than
    ///   `SearchRequest.maximumBatch` requests or `.maximumBatchHits` hits.
    func search(_ requests: [SearchRequest]) async throws -> [SearchResponse]

    /// The number of pictures.
    func count() async throws -> Int
}
