internal import Foundation
internal import SystemPackage

/// Writes files that exist completely or not at all, and that survive a crash once they exist.
///
/// A new file is written under a temporary name in the same folder, synced and renamed; then the folder is synced, without
/// which the name would not be durable.
package enum DurableFile {
    /// The ending of temporary names; a crash may leave such files.
    package static let temporaryEnding = ".partial"

    /// Creates or replaces a file.
    /// - Parameters:
    ///   - temporary: the path of the file until it is complete; nil for a unique one.
    ///   - isSynced: whether the file survives a crash of the machine. Caches that can detect a torn file do not need
    ///     this, and syncing takes milliseconds.
    ///   - write: creates the file at the path that it receives.
    /// - Throws: ``FileError``; what `write` throws. An existing file is then left unchanged.
    package static func place(
        _ path: String, temporary: String? = nil, isSynced: Bool = true, write: (_ temporary: String) throws -> Void
    ) throws {
        let temporary = temporary ?? temporaryName(for: path)
        do {
            try write(temporary)
            try complete(temporary, as: path, isSynced: isSynced)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Creates or replaces a file with the given bytes.
    /// - Parameters:
    ///   - permissions: of the new file, before the process's umask is applied.
    ///   - isSynced: see ``place(_:temporary:isSynced:write:)``.
    package static func write(
        _ bytes: RawSpan, to path: String, permissions: UInt32 = 0o666, isSynced: Bool = true
    ) throws(FileError) {
        let temporary = temporaryName(for: path)
        do throws(FileError) {
            var file = try FileWriter(creating: temporary, permissions: permissions, isNew: true)
            try file.append(bytes)
            if isSynced { try file.sync() }
            try rename(temporary, to: path, isSynced: isSynced)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Gives a complete file its final name.
    fileprivate static func complete(_ temporary: String, as path: String, isSynced: Bool) throws(FileError) {
        if isSynced { try FileWriter(opening: temporary).sync() }
        try rename(temporary, to: path, isSynced: isSynced)
    }

    /// Renames a file whose bytes are synced, replacing any other.
    package static func rename(_ path: String, to destination: String, isSynced: Bool = true) throws(FileError) {
        guard Foundation.rename(path, destination) == 0 else { throw .last(.rename, destination) }
        if isSynced { try Folder.synchronize(Folder.parent(of: destination) ?? ".") }
    }

    /// Durably removes a file.
    /// - Returns: whether it existed.
    package static func remove(_ path: String) throws(FileError) -> Bool {
        guard unlink(path) == 0 else {
            let error = FileError.last(.remove, path)
            if error.isMissing { return false }
            throw error
        }
        try Folder.synchronize(Folder.parent(of: path) ?? ".")
        return true
    }

    /// Makes now the time at which a file was last written. Its bytes, its name and that time survive a crash, whoever
    /// wrote them and however far he came.
    package static func renew(_ path: String) throws(FileError) {
        guard utimes(path, nil) == 0 else { throw .last(.write, path) }
        try FileWriter(opening: path).sync()
        try Folder.synchronize(Folder.parent(of: path) ?? ".")
    }

    private static func temporaryName(for path: String) -> String {
        (Folder.parent(of: path).map { $0 == "/" ? "/" : $0 + "/" } ?? "") + "." + UUID().uuidString + temporaryEnding
    }
}

/// A file that is written bit by bit at another path beside its own, and gets its own when it is complete. Without
/// ``complete(isSynced:)`` nothing remains of it.
package final class PendingFile: Sendable {
    package let path: String
    /// Where it is until it is complete.
    package let temporary: String

    package init(_ path: String) {
        self.path = path
        temporary = path + ".next"
    }

    deinit { unlink(temporary) }

    /// - Parameter isSynced: see ``DurableFile/place(_:temporary:isSynced:write:)``.
    package func complete(isSynced: Bool = true) throws(FileError) {
        try DurableFile.complete(temporary, as: path, isSynced: isSynced)
    }
}
