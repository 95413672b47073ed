internal import Foundation
internal import SystemPackage

/// Files that are there as a whole or not at all, and that survive a crash once they are there.
///
/// A new file is written under a temporary name beside its own, synced and renamed; then its folder is synced, because
/// a name is only durable with the folder that holds it.
package enum DurableFile {
    /// What temporary names end in: a crash leaves files that are called so.
    package static let temporaryEnding = ".partial"

    /// Puts a new file in place, of what was there or of nothing.
    /// - Parameters:
    ///   - temporary: the path that the file has until it is whole; one of its own for each call when nil.
    ///   - isSynced: whether a crash of the machine is survived. Caches that can tell a whole file from a torn one do
    ///     without, because syncing takes milliseconds.
    ///   - write: makes the file at the path that it is given.
    /// - Throws: ``FileError``; what `write` throws. What was there is untouched then.
    package static func place(
        _ path: String, temporary: String? = nil, isSynced: Bool = true, write: (_ temporary: String) throws -> Void
    ) throws {
        let temporary = temporary ?? temporaryName(for: path)
        do {
            try write(temporary)
            try take(temporary, as: path, isSynced: isSynced)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Puts bytes in place of a file, or of nothing.
    /// - Parameters:
    ///   - permissions: of the new file, less what the process's mask takes away.
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

    /// Gives a file that is whole its name.
    private static func take(_ temporary: String, as path: String, isSynced: Bool) throws(FileError) {
        if isSynced { try FileWriter(opening: temporary).sync() }
        try rename(temporary, to: path, isSynced: isSynced)
    }

    /// Puts a file whose bytes were synced in the place of another.
    package static func rename(_ path: String, to destination: String, isSynced: Bool = true) throws(FileError) {
        guard Foundation.rename(path, destination) == 0 else { throw .last(.rename, destination) }
        if isSynced { try Folder.synchronize(Folder.parent(of: destination) ?? ".") }
    }

    /// Takes a file away, durably.
    /// - Returns: whether it was there.
    package static func remove(_ path: String) throws(FileError) -> Bool {
        guard unlink(path) == 0 else {
            let error = FileError.last(.remove, path)
            if error.isMissing { return false }
            throw error
        }
        try Folder.synchronize(Folder.parent(of: path) ?? ".")
        return true
    }

    /// Makes now the time at which a file was last written.
    /// - Returns: whether it is there.
    package static func renew(_ path: String) throws(FileError) -> Bool {
        guard utimes(path, nil) == 0 else {
            let error = FileError.last(.write, path)
            if error.isMissing { return false }
            throw error
        }
        return true
    }

    private static func temporaryName(for path: String) -> String {
        (Folder.parent(of: path).map { $0 == "/" ? "/" : $0 + "/" } ?? "") + "." + UUID().uuidString + temporaryEnding
    }
}
