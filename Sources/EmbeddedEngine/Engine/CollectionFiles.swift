/// The files of a collection.
struct StoreLayout: Sendable, Hashable {
    let root: String

    /// Truth; its transaction is the commit point.
    var catalog: String { root + "/catalog.sqlite" }
    /// The catalog of a collection that is being made, until it is whole.
    var newCatalog: String { root + "/catalog.sqlite.new" }
    /// Truth; append-only rows behind a 64-byte header.
    var vectors: String { root + "/vectors.f32" }
    /// The next generation of the vectors, until the catalog has adopted it.
    var nextVectors: String { root + "/vectors.f32.next" }
    /// Caches of the truth; safe to delete at any moment.
    var indexes: String { root + "/index" }
    /// Truth, where uploads are kept in the collection itself: their bytes.
    var originals: String { root + "/originals" }
    /// Small pictures by the hash of what they show; a cache.
    var thumbnails: String { root + "/thumbnails" }
    /// Held by the one process that writes.
    var lock: String { root + "/writer.lock" }
}
