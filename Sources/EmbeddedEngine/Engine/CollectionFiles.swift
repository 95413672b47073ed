import FileSystem

/// The files of a collection in its folder.
package struct CollectionFiles: Sendable, Hashable {
    /// Absolute.
    package let root: String

    /// - Parameter path: the collection's folder; a relative one is relative to the working directory.
    package init(_ path: String) {
        root = AbsolutePath.of(path)
    }

    /// Truth; its transaction is the commit point.
    package var catalog: String { root + "/catalog.sqlite" }
    /// The catalog of a collection that is being made, until it is whole.
    var newCatalog: String { root + "/catalog.sqlite.new" }
    /// Truth; append-only rows behind a 64-byte header.
    package var vectors: String { root + "/vectors.f32" }
    /// The next generation of the vectors, until the catalog has adopted it.
    var nextVectors: String { root + "/vectors.f32.next" }
    /// Caches of the truth; safe to delete at any moment.
    var indexes: String { root + "/index" }
    /// Truth, where uploads are kept in the collection itself: their bytes.
    package var originals: String { root + "/originals" }
    /// Small pictures by the hash of what they show; a cache.
    package var thumbnails: String { root + "/thumbnails" }
    /// Held by the one process that writes.
    var lock: String { root + "/writer.lock" }

    /// Whether a collection lies here, readable or not.
    package var exist: Bool { (try? FileStatus(path: catalog)) != nil }

    func bytes(of path: String) -> Int64 { (try? FileStatus(path: path).stamp.size) ?? 0 }
}
