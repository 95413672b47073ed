package import FileSystem
package import SosiaCore
import SystemPackage

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
