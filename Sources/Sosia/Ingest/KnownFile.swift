import Catalog
import FileSystem
import SosiaCore

/// A file whose bytes are those of a picture in the collection: it is not decoded.
struct KnownFile: Sendable {
    let path: String
    let entry: CatalogEntry

    init(path: String, entry: CatalogEntry) {
        self.path = path
        self.entry = entry
    }

    /// - Returns: nil when no picture has these bytes.
    init?(_ content: FileContent, path: String, attributes: Attributes, engine: EmbeddedEngine) throws {
        let others: [String]? = try engine.reading {
            guard let id = try engine.catalog.image(content.hash) else { return nil }
            return try engine.catalog.sources(of: id)
        }
        guard let others else { return nil }
        self.path = path
        entry = CatalogEntry(
            hash: content.hash, source: ImageSource(location: path, stamp: content.stamp), attributes: attributes,
            content: nil, gone: others.filter { !AbsolutePath.areSame($0, path) && EmbeddedEngine.isMissing($0) })
    }
}
