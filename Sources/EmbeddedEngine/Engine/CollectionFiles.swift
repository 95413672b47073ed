package import FileSystem
package import SosiaCore
import Foundation
import SystemPackage

/// The files in a collection's folder.
package struct CollectionFiles: Sendable, Hashable {
    private static let lockAttempts = 20
    /// Microseconds.
    private static let lockPause: UInt32 = 50_000

    /// Absolute.
    package let root: String

    /// - Parameter path: the collection's folder; a relative one is relative to the working directory.
    package init(_ path: String) {
        root = AbsolutePath.of(path)
    }

    /// Truth. Its transaction is the commit point.
    package var catalog: String { root + "/catalog.sqlite" }
    /// The catalog of a collection that is being created, until it is complete.
    var newCatalog: String { root + "/catalog.sqlite.new" }
    /// Truth. Rows are appended after a 64-byte header.
    package var vectors: String { root + "/vectors.f32" }
    /// The next generation of the vectors, until the catalog adopts it.
    var nextVectors: String { root + "/vectors.f32.next" }
    /// A cache, which can be deleted at any time.
    var indexes: String { root + "/index" }
    /// Truth. The bytes of uploads, if they are kept in the collection itself.
    package var originals: String { root + "/originals" }
    /// A cache of small pictures, by the hash of their content.
    package var thumbnails: String { root + "/thumbnails" }
    /// Locked by the process that writes.
    var lock: String { root + "/writer.lock" }

    /// Whether there is a collection, readable or not.
    package var exist: Bool { (try? FileStatus(path: catalog)) != nil }

    /// SQLite waits for the other end of a pipe, and so do the files that it looks for beside the catalog.
    func checkCatalog() throws(StoreError) {
        for path in [catalog, catalog + "-journal", catalog + "-wal"] {
            guard let status = try? FileStatus(path: path), status.kind != .file else { continue }
            throw .damaged(path: path, reason: FileError.notRegular(path: path).reason)
        }
    }

    func bytes(of path: String) -> Int64 { (try? FileStatus(path: path).stamp.size) ?? 0 }
}

extension StoreError {
    /// What a failure of one of the collection's files means for the collection.
    package init(_ error: FileError) {
        self =
            switch error {
            case .system(_, let path, .noSpace), .system(_, let path, .diskQuotaExceeded): .diskFull(path: path)
            case .system(_, let path, .readOnlyFileSystem), .system(_, let path, .permissionDenied),
                .system(_, let path, .notPermitted):
                .readOnly(path: path)
            case .system(let operation, let path, .noSuchFileOrDirectory) where operation != .create:
                .missing(path: path)
            case .system(_, let path, let errno): .failed(path: path, reason: errno.description)
            case .locked(let path): .locked(path: path)
            case .notRegular(let path), .outside(let path): .damaged(path: path, reason: error.reason)
            case .tooShort(let path, _, _), .outOfBounds(let path, _, _, _):
                .vectorsDamaged(path: path, reason: error.reason)
            }
    }

    /// Runs an operation on the collection's files and translates its errors.
    static func translating<Value: ~Copyable>(
        _ body: () throws(FileError) -> Value
    ) throws(StoreError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw StoreError(error)
        }
    }
}

extension CollectionFiles {
    /// Takes the lock for writing.
    /// - Throws: `StoreError.locked` if another process holds it.
    func takeLock() throws(StoreError) -> FileLock {
        // A writer that has just been let go of ends a moment later, on a thread of its own.
        var attempt = 1
        while true {
            do throws(FileError) {
                let taken = try FileLock(lock)
                taken.sign(LockHolder.current.signature)
                return taken
            } catch {
                guard case .locked = error else { throw StoreError(error) }
                guard attempt < Self.lockAttempts else { throw .locked(path: root, holder: holder) }
            }
            attempt += 1
            usleep(Self.lockPause)
        }
    }

    /// Who signed the lock, unless that process has gone and another one did not sign.
    private var holder: LockHolder? {
        guard let signed = FileLock.signature(lock).flatMap(LockHolder.init(signature:)) else { return nil }
        let isGone = signed.machine == .system && kill(signed.process, 0) != 0 && errno == ESRCH
        return isGone ? nil : signed
    }

    /// Replaces the vectors with the next generation, which must be complete.
    func adoptNextVectors() throws(StoreError) {
        try StoreError.translating { () throws(FileError) in
            try DurableFile.rename(nextVectors, to: vectors)
        }
    }
}

extension LockHolder {
    /// This process. Of its arguments only a subcommand is told: the others may be secrets.
    fileprivate static var current: LockHolder {
        let arguments = ProcessInfo.processInfo.arguments
        let word = arguments.dropFirst().first.flatMap { $0.allSatisfy(\.isLetter) ? $0 : nil }
        return LockHolder(
            process: ProcessInfo.processInfo.processIdentifier, machine: .system,
            command: [AbsolutePath.name(arguments.first ?? ""), word].compactMap(\.self).joined(separator: " "))
    }
}
