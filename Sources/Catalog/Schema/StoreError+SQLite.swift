import GRDB
import SosiaCore

extension StoreError {
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
