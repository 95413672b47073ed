import Foundation

/// What has to happen to a folder so that the names in it survive a crash.
enum Folder {
    static func create(_ path: String) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw StoreError(SystemError(code: Int32(truncatingIfNeeded: underlying?.code ?? 0)), path: path)
        }
    }

    /// Makes the names in the folder of `path` durable.
    static func synchronize(containing path: String) throws(StoreError) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(SystemError.last, path: folder) }
        defer { close(descriptor) }
        // Some file systems do not know fsync for folders and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw StoreError(SystemError.last, path: folder) }
    }

    /// Puts a finished file in the place of another, durably.
    static func rename(_ path: String, to destination: String) throws(StoreError) {
        guard Foundation.rename(path, destination) == 0 else { throw StoreError(SystemError.last, path: destination) }
        try synchronize(containing: destination)
    }
}
