/// Reads what a collection contains: pictures, their sources and their attributes.
public protocol PictureRecords: Sendable {
    /// - Returns: for each location its source with the stamp recorded when it was read; nil for unknown locations.
    func sources(at locations: [SourceLocation]) async throws -> [ImageSource?]

    /// - Returns: for each hash the pictures with these bytes, ordered by id: at most one where equal bytes are one
    ///   picture, any number otherwise. Lost pictures are not included.
    func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]]

    /// The files at and below a path, including those of lost pictures, in byte order.
    /// - Parameter location: the last one of the previous page; nil for the first page.
    func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation]

    /// - Returns: the records of the ids that exist, in the order given.
    func records(_ ids: [ImageID]) async throws -> [ImageRecord]

    /// Pictures, newest first.
    /// - Parameters:
    ///   - filter: nil for all pictures.
    ///   - id: `next` of the previous page; nil for the first page.
    ///   - limit: the most records of a page.
    ///   - bytes: of attributes, as JSON. The record that reaches them is the page's last, so that every page has one.
    func records(passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int) async throws -> RecordPage

    /// - Returns: for each id the origin of its picture; nil where there is no picture, not even a lost one.
    func origins(of ids: [ImageID]) async throws -> [PictureOrigin?]

    /// Uploaded pictures, including lost ones, ordered by hash. Pictures with the same bytes are never split between
    /// pages, so a page may be longer than the limit.
    /// - Parameter hash: the last one of the previous page; nil for the first page.
    func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin]

    /// Lost pictures, which wait for one of their sources to be added again, ordered by id.
    /// - Parameter id: the last one of the previous page; nil for the first page.
    func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin]

    /// What the collection remembers for whoever adds to it (``PictureLedger/remember(_:)``); empty at first.
    var settings: Attributes { get async throws }

    /// All attributes in use, including facts read from the files, ordered by name in byte order.
    func attributeSummaries() async throws -> [AttributeSummary]
}

/// Changes what a collection contains: a picture exists once its unit is committed.
///
/// Every change is one transaction: it survives a crash once the call returns, and has no effect if it throws.
public protocol PictureLedger: PictureRecords {
    /// Adds pictures by the rules of the collection's ``PictureIdentity``.
    ///
    /// Entries without content are applied first, so that a picture that moved keeps its id even if its old location now
    /// has another one. If a location has new bytes, its picture keeps its id and is changed, unless it has other sources
    /// as well. Pictures left without any source are removed.
    ///
    /// A lost picture returns with its id and attributes when its bytes are added again or, failing that, when its only
    /// location has any content. If each source is a picture, its bytes must be added at its own location, or at one
    /// whose entry names that location as gone.
    /// - Returns: one outcome per entry, in order.
    /// - Throws: `VectorError.dimensionMismatch`; what `Attributes.check(of:)` throws; ``StoreError``.
    func commit(_ unit: IngestUnit) async throws -> [IngestOutcome]

    /// Changes a picture's attributes by JSON Merge Patch (RFC 7396): named attributes are set, null removes them,
    /// objects are merged recursively, everything else stays.
    /// - Returns: the updated record.
    /// - Throws: `EngineError.unknownImage`; what `Attributes.check(of:)` throws; ``StoreError``.
    func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord

    /// Removes pictures, including lost ones, with all their sources. Unknown ids are ignored. Removing a tile makes its
    /// container incomplete: adding the container again brings the tile back.
    /// - Returns: how many of the pictures existed.
    func remove(_ ids: [ImageID]) async throws -> Int

    /// Removes sources, and pictures that have no other source. Unknown locations are ignored.
    /// - Returns: how many pictures were removed.
    func forget(_ locations: [SourceLocation]) async throws -> Int

    /// Puts other ``PictureRecords/settings`` in the place of those that there are.
    /// - Throws: what `Attributes.check(of:)` throws; ``StoreError``.
    func remember(_ settings: Attributes) async throws
}

/// A page of pictures, bounded by their number and by the bytes of their attributes.
public struct RecordPage: Sendable, Hashable {
    public let records: [ImageRecord]
    /// Of the records' attributes, as JSON.
    public let attributeBytes: Int
    /// Where the next page begins; nil when there is none.
    public let next: ImageID?

    public init(_ records: [ImageRecord], attributeBytes: Int, next: ImageID?) {
        self.records = records
        self.attributeBytes = attributeBytes
        self.next = next
    }
}

extension PictureRecords {
    /// One page however large its records are, for collections that are known to be small.
    package func records(passing filter: Filter?, before id: ImageID?, limit: Int) async throws -> [ImageRecord] {
        try await records(passing: filter, before: id, limit: limit, bytes: .max).records
    }
}
