import Catalog
public import SosiaCore

extension Store {
    /// The newest pictures, newest first, a page at a time.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: pictures of a page.
    /// - Throws: ``StoreError``
    public func pictures(before id: ImageID? = nil, limit: Int) throws -> [ImageRecord] {
        try engine.reading { try engine.catalog.records(before: id, limit: limit) }
    }
}
