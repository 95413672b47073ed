import GRDB

/// What can be wrong with a catalog.
package enum CatalogError: Error, Hashable, Sendable {
    /// The file was written by a later version; it is left untouched.
    case newerVersion(path: String)
    /// The file has an older schema and cannot be written here.
    case needsMigration(path: String)
    case damaged(path: String, reason: String)
    case diskFull(path: String)
    case readOnly(path: String)
    /// Another process held the catalog for longer than the waiting time.
    case busy(path: String)
    case failed(path: String, reason: String)
}

extension CatalogError {
    /// The one place where SQLite's result codes get their meaning.
    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? error.resultCode.description
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
                .failed(
                    path: path,
                    reason: "a writer was killed in the middle of a change; open it once with write permission")
            case .SQLITE_READONLY: .readOnly(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, reason: reason)
            default: .failed(path: path, reason: reason)
            }
    }
}

extension CatalogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .newerVersion(let path):
            "\(path) was written by a newer version of sosia; update sosia to open it"
        case .needsMigration(let path):
            "\(path) has the schema of an older version and cannot be written; open it once with write permission"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .diskFull(let path): "no space left on the disk of \(path)"
        case .readOnly(let path): "\(path) cannot be written"
        case .busy(let path): "\(path) is held by another process"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }
}
