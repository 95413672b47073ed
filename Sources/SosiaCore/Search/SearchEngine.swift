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

    /// Forgets pictures with all their sources. Unknown ids are passed over.
    /// - Returns: how many there were.
    func remove(_ ids: [ImageID]) async throws -> Int

    /// - Returns: the records of those ids that exist, in the order asked for.
    func records(_ ids: [ImageID]) async throws -> [ImageRecord]

    /// - Throws: `EngineError.unknownImage`; `VectorError.dimensionMismatch`.
    func search(_ request: SearchRequest) async throws -> SearchResponse

    /// The number of pictures.
    func count() async throws -> Int
}
