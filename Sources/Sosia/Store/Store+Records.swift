import Catalog
public import SosiaCore

extension Store {
    public static let maximumRecords = 10_000

    /// What is known of a picture.
    /// - Throws: `EngineError.unknownImage`
    public func record(_ id: ImageID) async throws -> ImageRecord {
        guard let record = try await engine.records([id]).first else { throw EngineError.unknownImage(id) }
        return record
    }

    /// The pictures in the order of their ids, a part at a time.
    /// - Parameters:
    ///   - id: the last of the part before; nil from the first picture on.
    ///   - limit: at most so many, and at most ``maximumRecords``.
    ///   - filter: which pictures; nil for all.
    /// - Returns: an empty list at the end.
    public func records(
        after id: ImageID? = nil, limit: Int = SearchRequest.defaultK, filter: Filter? = nil
    ) async throws -> [ImageRecord] {
        try await pictures.run {
            try self.engine.reading {
                let limit = min(max(limit, 0), Self.maximumRecords)
                let ids = try self.engine.catalog.ids(after: id, limit: limit, passing: filter)
                return try self.engine.catalog.records(ids)
            }
        }
    }
}
