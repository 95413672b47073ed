/// What exists: pictures, where they were seen, what is said of them.
public protocol PictureRecords: Sendable {
    /// - Returns: for each location its source, with the stamp that it had when it was read; nil where unknown.
    func sources(at locations: [SourceLocation]) async throws -> [ImageSource?]

    /// - Returns: for each hash the pictures with these bytes: one at most where equal bytes are one picture, else any
    ///   number, in the order of their ids. Lost pictures are not among them.
    func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]]

    /// The files at and below a path, those of lost pictures included, a page at a time in the order of their bytes.
    /// - Parameter location: the last of the page before; nil for the first page.
    func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation]

    /// - Returns: the records of those ids that exist, in the order asked for.
    func records(_ ids: [ImageID]) async throws -> [ImageRecord]

    /// The newest pictures, newest first, a page at a time.
    /// - Parameters:
    ///   - filter: what they have to pass; nil for all.
    ///   - id: the last of the page before; nil for the first page.
    func records(passing filter: Filter?, before id: ImageID?, limit: Int) async throws -> [ImageRecord]

    /// - Returns: for each id what its picture was made of; nil where there is no picture, not even a lost one.
    func origins(of ids: [ImageID]) async throws -> [PictureOrigin?]

    /// The pictures that were uploaded, lost ones included, a page at a time in the order of their hashes. A page ends
    /// between two hashes, so it may be longer than the limit where many pictures have the same bytes.
    /// - Parameter hash: the last of the page before; nil for the first page.
    func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin]

    /// Pictures that wait for one of their sources to be added again, a page at a time in the order of their ids.
    /// - Parameter id: the last of the page before; nil for the first page.
    func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin]

    /// The attributes that exist, facts of the files included, by name in the order of the bytes.
    func attributeSummaries() async throws -> [AttributeSummary]
}

/// Changes what exists; its commit makes a picture exist.
///
/// Every change is one transaction: it survives a crash when the call returns, and nothing of it is seen when it throws.
public protocol PictureLedger: PictureRecords {
    /// Makes pictures exist, by the rules of the collection's ``PictureIdentity``.
    ///
    /// Entries without content come first, so that a picture whose old place shows something new by now keeps its id.
    /// A source that showed another picture takes that picture's place: the id stays when no other source shows it. A
    /// picture that no source shows after the unit is forgotten.
    ///
    /// A lost picture is back, with its id and attributes, when content with its bytes comes, or any content at the only
    /// place where it was seen; its bytes have precedence. Where each source is a picture, the bytes have to come at its
    /// own place, or at one that names it as gone.
    /// - Returns: one outcome an entry, in order.
    /// - Throws: `VectorError.dimensionMismatch`; `EngineError.zeroCharacter`; ``StoreError``.
    func commit(_ unit: IngestUnit) async throws -> [IngestOutcome]

    /// Changes attributes of a picture by the rules of JSON Merge Patch (RFC 7396): what the patch names is set, null
    /// takes away, objects are patched themselves, everything else stays.
    /// - Returns: the record as it is now.
    /// - Throws: `EngineError.unknownImage`, `.zeroCharacter`; ``StoreError``.
    func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord

    /// Forgets pictures with all their sources, lost ones included. Unknown ids are passed over. A tile that goes leaves
    /// its container incomplete: adding that again brings the tile back.
    /// - Returns: how many there were.
    func remove(_ ids: [ImageID]) async throws -> Int

    /// Forgets sources, and the pictures that no other source shows. Unknown locations are passed over.
    /// - Returns: how many pictures went.
    func forget(_ locations: [SourceLocation]) async throws -> Int
}
