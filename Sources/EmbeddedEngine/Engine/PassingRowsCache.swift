import Catalog
import SosiaCore
import Synchronization

/// The rows that pass the filters of late: whoever turns pages, or draws a box around a question, asks with one filter
/// again and again.
final class PassingRowsCache: Sendable {
    private static let capacity = 16

    private struct Entry {
        let version: Int64
        let rows: PassingRows
    }

    /// The one that was used last comes last.
    private let entries = Mutex<[(filter: Filter, entry: Entry)]>([])

    /// Evaluates a filter, unless that was done for what the catalog is now.
    /// - Throws: `CatalogError`
    func rows(passing filter: Filter, of catalog: Catalog) throws -> PassingRows? {
        let version = try catalog.version()
        if let entry = taken(filter), entry.version == version {
            keep(entry, for: filter)
            return entry.rows
        }
        guard let rows = try catalog.passing(filter) else { return nil }
        // Kept under the older of two versions when a commit came between, and so evaluated again.
        keep(Entry(version: version, rows: rows), for: filter)
        return rows
    }

    private func taken(_ filter: Filter) -> Entry? {
        entries.withLock { entries in
            entries.firstIndex { $0.filter == filter }.map { entries.remove(at: $0).entry }
        }
    }

    private func keep(_ entry: Entry, for filter: Filter) {
        entries.withLock { entries in
            entries.removeAll { $0.filter == filter }
            entries.append((filter, entry))
            if entries.count > Self.capacity { entries.removeFirst() }
        }
    }
}
