import Catalog
public import SosiaCore
import Workers

extension Store {
    /// Forgets pictures, with the bytes of those that were uploaded.
    /// - Returns: how many of the ids there were.
    public func remove(_ ids: [ImageID]) async throws -> Int {
        try await forgetting(ids) { try await engine.remove(ids) }
    }

    /// Runs what forgets pictures, then takes away what is kept of them besides: a crash in between leaves objects that
    /// nobody names, which ``verify()`` finds and ``compact()`` takes away.
    func forgetting<Value: Sendable>(_ ids: [ImageID], _ body: () async throws -> Value) async throws -> Value {
        try await originals.take {
            let hashes = try engine.reading { try ids.compactMap { try engine.catalog.hash(of: $0) } }
            let value = try await body()
            for hash in hashes where try engine.reading({ try engine.catalog.image(hash) }) == nil {
                try await objects?.remove(hash)
                for width in ThumbnailWidth.all {
                    ThumbnailFile(layout: engine.layout, hash: hash, width: width).remove()
                }
            }
            return value
        }
    }

    /// The objects that belong to no picture, and the uploads that have no object.
    func strayOriginals() async throws -> (orphans: [ContentHash], missing: [ImageID]) {
        guard let objects else { return ([], []) }
        var wanted = try engine.reading { try engine.catalog.uploads(scheme: UploadSource.scheme) }
        var orphans: [ContentHash] = []
        var last: ContentHash?
        while true {
            let keys = try await objects.keys(after: last, limit: 1_000)
            guard let end = keys.last else { break }
            for key in keys where wanted.removeValue(forKey: key) == nil { orphans.append(key) }
            last = end
        }
        return (orphans, wanted.values.sorted())
    }
}
