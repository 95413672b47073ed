import Catalog
import SosiaCore

/// An unchanging view of a collection: one search sees one snapshot, whatever is written meanwhile.
struct Snapshot: Sendable {
    let state: CatalogState
    let vectors: VectorFile
    /// The picture of each row, 0 where the row is vacant or was never named.
    let ids: [Int64]
    /// Rows that are somebody's.
    let liveCount: Int

    /// Follows what was committed since `previous`; reads everything when there is nothing to follow.
    /// - Throws: `StoreError`
    init(_ catalog: Catalog, files: CollectionFiles, following previous: Snapshot?) throws {
        guard var changes = try catalog.slotChanges(since: previous?.state.revision ?? -1) else {
            throw StoreError.missing(path: files.root)
        }
        var ids: [Int64] = []
        if let previous, previous.state.generation == changes.state.generation {
            ids = previous.ids
        } else if previous != nil {
            // Compaction moved every row.
            changes = try catalog.slotChanges(since: -1) ?? changes
        }
        let rows = changes.state.rows
        // First of all: the file bounds the number of rows that a damaged catalog may claim.
        vectors = try VectorFile(
            files, generation: changes.state.generation, dimension: changes.state.model.dimension, rowCount: rows)
        if ids.count < rows { ids.append(contentsOf: repeatElement(0, count: rows - ids.count)) }
        for slot in changes.vacated where ids.indices.contains(slot) { ids[slot] = 0 }
        for (slot, id) in changes.named {
            guard ids.indices.contains(slot) else {
                throw StoreError.damaged(
                    path: files.catalog, reason: "picture \(id) has row \(slot), there are \(rows)")
            }
            ids[slot] = id
        }
        state = changes.state
        self.ids = ids
        liveCount = ids.count { $0 != 0 }
    }

    /// The row of a picture.
    /// - Parameter likely: where it was seen last, asked for where a guess fails; nil when nobody knows.
    /// - Returns: nil when there is no such picture.
    func slot(of id: ImageID, likely: () throws -> Int?) rethrows -> Int? {
        guard id.rawValue > 0 else { return nil }
        // Ids count from 1 and rows from 0, and in most collections nothing was ever moved.
        if let slot = Int(exactly: id.rawValue - 1), holds(id, at: slot) { return slot }
        if let slot = try likely(), holds(id, at: slot) { return slot }
        return ids.firstIndex(of: id.rawValue)
    }

    private func holds(_ id: ImageID, at slot: Int) -> Bool {
        ids.indices.contains(slot) && ids[slot] == id.rawValue
    }
}
