import Catalog
public import SosiaCore
import Workers

extension Store {
    /// The newest pictures, newest first, a page at a time.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: pictures of a page.
    /// - Throws: ``StoreError``
    public func pictures(before id: ImageID? = nil, limit: Int) throws -> [ImageRecord] {
        try engine.reading { try engine.catalog.records(before: id, limit: limit) }
    }

    /// The newest pictures that pass a filter, likewise. It is asked of one picture after the other until the page is
    /// full, on a thread of the engine's own.
    /// - Throws: ``StoreError``
    public func pictures(passing filter: Filter, before id: ImageID? = nil, limit: Int) async throws -> [ImageRecord] {
        try await engine.searches.run {
            try self.engine.reading { try self.engine.catalog.records(passing: filter, before: id, limit: limit) }
        }
    }
}
