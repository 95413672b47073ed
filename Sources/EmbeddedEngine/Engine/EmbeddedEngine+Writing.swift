import Catalog
public import SosiaCore

extension EmbeddedEngine {
    /// Rows, fsync, then one transaction.
    /// - Throws: ``StoreError``; `VectorError.dimensionMismatch`.
    public func upsert(_ drafts: [ImageDraft]) async throws -> [ImageID] {
        try await writable().upsert(drafts).compactMap(\.id)
    }

    /// One transaction.
    /// - Throws: `EngineError.unknownImage`; ``StoreError``
    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        try await writable().update(id, attributes: patch)
    }

    /// Vacates the rows at once; ``Store/compact()`` gives their space back.
    /// - Throws: ``StoreError``
    public func remove(_ ids: [ImageID]) async throws -> Int {
        try await writable().remove(ids)
    }

    /// The one actor that writes.
    /// - Throws: ``StoreError/readOnly(path:)`` when the engine was opened for reading.
    func writable() throws(StoreError) -> CollectionWriter {
        guard let writer else { throw .readOnly(path: layout.root) }
        return writer
    }
}
