import Catalog
public import SosiaCore
import Synchronization
import Workers

extension EmbeddedEngine {
    public static let minimumGroups = 1
    public static let defaultGroups = 100
    public static let maximumGroups = 10_000

    /// Finds connected groups of near-duplicates.
    ///
    /// Finds the neighbours of all pictures in batches, farther out until the last lies beyond the distance, and returns
    /// connected groups. The groups of the last distance are kept until the collection changes, so that further pages
    /// cost nothing.
    /// - Parameters:
    ///   - distance: by the collection's metric.
    ///   - limit: groups of a page.
    ///   - after: ``DuplicatesResponse/next`` of the page before.
    ///   - progress: pictures done and all of them; called often, from one thread at a time.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`; `CancellationError`; ``StoreError``.
    public func duplicates(
        within distance: Float, limit: Int = defaultGroups, after: ImageID? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> DuplicatesResponse {
        if distance.isNaN { throw EngineError.invalidDistance(got: distance) }
        guard (Self.minimumGroups...Self.maximumGroups).contains(limit) else {
            throw EngineError.invalidLimit(got: limit, minimum: Self.minimumGroups, maximum: Self.maximumGroups)
        }
        let found = try await groups.take {
            let snapshot = try snapshot()
            if let known = groups.known(distance, of: snapshot) { return known }
            // A cache that cannot be written makes this slower, not wrong.
            try? await prepareIndexes()
            let found = try await groups.executor.run {
                try DuplicateSearch(engine: self, snapshot: snapshot, distance: distance).groups(progress)
            }
            groups.keep(found, for: distance, of: snapshot)
            return found
        }
        let first = found.groups.firstIndex { group in after.map { group.members[0].id > $0 } ?? true }
        let page = found.groups[(first ?? found.groups.endIndex)...].prefix(limit)
        let isLast = page.endIndex == found.groups.endIndex
        return DuplicatesResponse(
            groups: Array(page), total: found.groups.count, truncated: found.truncated,
            next: isLast ? nil : page.last?.members[0].id)
    }
}

/// The groups that were found last. One search for them runs at a time; who comes meanwhile waits for its answer.
final class DuplicatesCache: Sendable {
    /// All groups of a collection.
    struct Found: Sendable {
        let groups: [DuplicateGroup]
        let truncated: Int
    }

    private struct Entry {
        let distance: Float
        let generation: Int64
        let revision: Int64
        let found: Found
    }

    let executor = CPUExecutor(label: "sosia.duplicates", width: 1)
    private let turns = Turns()
    private let entry = Mutex<Entry?>(nil)

    func take<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        try await turns.take(body)
    }

    func known(_ distance: Float, of snapshot: Snapshot) -> Found? {
        entry.withLock { entry in
            guard let entry, entry.distance == distance, entry.revision == snapshot.state.revision,
                entry.generation == snapshot.state.generation
            else { return nil }
            return entry.found
        }
    }

    func keep(_ found: Found, for distance: Float, of snapshot: Snapshot) {
        entry.withLock { entry in
            entry = Entry(
                distance: distance, generation: snapshot.state.generation, revision: snapshot.state.revision,
                found: found)
        }
    }
}
