import Catalog
public import SosiaCore

extension Store {
    /// Changes attributes of a picture by a JSON Merge Patch (RFC 7396): null takes away, everything else is set.
    /// - Returns: the record as it is now.
    /// - Throws: `EngineError.unknownImage`; ``StoreError``.
    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        try await engine.update(id, attributes: patch)
    }

    /// The attributes that exist, facts of the files included, by name: what a filter can ask for.
    public func attributes() async throws -> [AttributeSummary] {
        try await engine.searches.run {
            try self.engine.reading { try self.engine.catalog.attributeSummaries() }
        }
    }

    /// The vector of a picture.
    /// - Throws: `EngineError.unknownImage`
    public func embedding(of id: ImageID) async throws -> Embedding {
        try await engine.embedding(of: id)
    }
}
