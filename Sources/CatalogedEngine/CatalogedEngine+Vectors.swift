public import SosiaCore

/// Vectors by picture: the ledger knows the row, the service holds it.
extension CatalogedEngine {
    /// How often rows are looked up that a change has just replaced.
    private static var maximumLookups: Int { 8 }

    public func embedding(of id: ImageID) async throws -> Embedding {
        let (rows, missing) = try await rows(of: [id])
        if missing[id] != nil { throw self.missing(id) }
        guard let row = rows[id] else { throw EngineError.unknownImage(id) }
        return row.embedding
    }

    public func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector] {
        var last = id
        while true {
            try Task.checkCancellation()
            let ids = try await ledger.keys(after: last, limit: limit).map(\.id)
            guard let end = ids.last else { return [] }
            let rows = try await rows(of: ids).rows
            let vectors = ids.compactMap { id in
                rows[id].map { StoredVector(id: id, embedding: $0.embedding) }
            }
            // A page of pictures that are damaged or just went is not the end.
            if !vectors.isEmpty { return vectors }
            last = end
        }
    }

    /// The rows of some pictures; pictures that do not exist are left out.
    /// - Returns: the rows, and the keys of rows that the ledger names and the service does not have.
    func rows(of ids: [ImageID]) async throws -> (rows: [ImageID: ServiceRow], missing: [ImageID: VectorKey]) {
        var found: [ImageID: ServiceRow] = [:]
        var wanted = try await ledger.keys(of: ids)
        for _ in 0..<Self.maximumLookups {
            let rows = try await rows(Array(wanted.values))
            for (id, key) in wanted { found[id] = rows[key] }
            wanted = wanted.filter { found[$0.key] == nil }
            if wanted.isEmpty { break }
            let now = try await ledger.keys(of: Array(wanted.keys))
            if now == wanted { break }
            wanted = now
        }
        return (found, wanted)
    }

    private func rows(_ keys: [VectorKey]) async throws -> [VectorKey: ServiceRow] {
        var found: [VectorKey: ServiceRow] = [:]
        for part in keys.parts(of: limits.rowsPerCall) {
            try Task.checkCancellation()
            for row in try await service.rows(Array(part)) { found[row.key] = row }
        }
        return found
    }
}
