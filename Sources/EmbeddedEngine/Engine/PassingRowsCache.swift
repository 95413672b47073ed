import Catalog
import SosiaCore
import Workers

/// The rows that pass the filters of late: whoever turns pages, or draws a box around a question, asks with one filter
/// again and again.
final class PassingRowsCache: Sendable {
    private struct Entry {
        let version: Int64
        let rows: PassingRows
    }

    private let entries = RecentCache<Filter, Entry>(capacity: 16)

    /// Evaluates a filter, unless that was done for what the catalog is now.
    /// - Throws: `StoreError`
    func rows(passing filter: Filter, of catalog: Catalog) throws -> PassingRows? {
        let version = try catalog.version()
        if let entry = entries[filter], entry.version == version { return entry.rows }
        guard let rows = try catalog.passing(filter) else { return nil }
        // Kept under the older of two versions when a commit came between, and so evaluated again.
        entries[filter] = Entry(version: version, rows: rows)
        return rows
    }
}
