package import FileSystem
package import SosiaCore
import SystemPackage

/// The files of a collection in its folder.
package struct CollectionFiles: Sendable, Hashable {
    /// Absolute.
    package let root: String

    /// - Parameter path: the collection's folder; a relative one is relative to the working directory.
    package init(_ path: String) {
        root = AbsolutePath.of(path)
    }

    /// Truth; its transaction is the commit point.
    package var catalog: String { root + "/catalog.sqlite" }
    /// The catalog of a collection that is being made, until it is whole.
    var newCatalog: String { root + "/catalog.sqlite.new" }
    /// Truth; append-only rows behind a 64-byte header.
    package var vectors: String { root + "/vectors.f32" }
    /// The next generation of the vectors, until the catalog has adopted it.
    var nextVectors: String { root + "/vectors.f32.next" }
    /// Caches of the truth; safe to delete at any moment.
    var indexes: String { root + "/index" }
    /// Truth, where uploads are kept in the collection itself: their bytes.
    package var originals: String { root + "/originals" }
    /// Small pictures by the hash of what they show; a cache.
    package var thumbnails: String { root + "/thumbnails" }
    /// Held by the one process that writes.
    var lock: String { root + "/writer.lock" }

    /// Whether a collection lies here, readable or not.
    package var exist: Bool { (try? FileStatus(path: catalog)) != nil }

    func bytes(of path: String) -> Int64 { (try? FileStatus(path: path).stamp.size) ?? 0 }
}

extension StoreError {
    /// The meaning of a failure with a file of the collection.
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
            case .notRegular(let path), .tooShort(let path, _, _), .outOfBounds(let path, _, _, _):
                .vectorsDamaged(path: path, reason: error.reason)
            }
    }

    /// Runs what touches files of the collection, and says what goes wrong as a fact of the collection.
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
    /// Takes the right to write, which one process has at a time.
    /// - Throws: `StoreError.locked` when another process has it.
    func takeLock() throws(StoreError) -> FileLock {
        do throws(FileError) {
            return try FileLock(lock)
        } catch {
            if case .locked = error { throw .locked(path: root) }
            throw StoreError(error)
        }
    }

    /// Gives the next generation of the vectors, which is whole, its name.
    func adoptNextVectors() throws(StoreError) {
        try StoreError.translating { () throws(FileError) in
            try DurableFile.rename(nextVectors, to: vectors)
        }
    }
}
