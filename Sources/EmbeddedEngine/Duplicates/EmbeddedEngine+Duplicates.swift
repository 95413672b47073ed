import Catalog
package import SosiaCore
import Synchronization
import Workers

extension EmbeddedEngine {
    /// Connected groups of near-duplicates.
    ///
    /// Neighbours are searched in batches of pictures, more of them until the last one is beyond the distance. The groups
    /// for the last distance are kept until the collection changes, so that further pages cost nothing.
    package func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse {
        try DuplicatesResponse.check(distance: distance, limit: limit)
        let snapshot = try await searches.run { try self.snapshot() }
        let found = try await groups.groups(within: distance, of: snapshot) {
            // A cache that cannot be written makes this slower, not wrong.
            try? await self.prepareIndexes(.whatPays) { _, _ in }
            return try DuplicateSearch(engine: self, snapshot: snapshot, distance: distance).groups(progress)
        }
        return DuplicatesResponse(found.groups, after: after, limit: limit, truncated: found.truncated)
    }
}

/// The groups found last. Only one search for groups runs at a time; requests for the same groups share its result.
final class DuplicatesCache: Sendable {
    /// All groups of a collection.
    struct Found: Sendable {
        let groups: [DuplicateGroup]
        let truncated: Int
    }

    private struct Key: Hashable {
        let distance: Float
        let generation: Int64
        let revision: Int64
    }

    private let executor = CPUExecutor(label: "sosia.duplicates", width: 1)
    private let searches = SharedWork<Key, Found>()
    private let last = Mutex<(key: Key, found: Found)?>(nil)

    /// - Parameter find: runs on a thread of its own unless the groups are known or already being searched for.
    func groups(
        within distance: Float, of snapshot: Snapshot, _ find: @escaping @Sendable () async throws -> Found
    ) async throws -> Found {
        let key = Key(
            distance: distance, generation: snapshot.state.generation, revision: snapshot.state.revision)
        return try await searches.value(for: key, on: executor) {
            if let known = self.last.withLock({ $0?.key == key ? $0?.found : nil }) { return known }
            let found = try await find()
            self.last.withLock { $0 = (key, found) }
            return found
        }
    }
}
