import Foundation

/// What has to happen to a folder so that the names in it survive a crash.
enum Folder {
    /// Makes the folder, and those on the way to it, where they are missing.
    static func create(_ path: String) throws(StoreError) {
        do throws(SystemError) {
            guard try FileStatus(path: path).kind == .folder else { throw SystemError(code: ENOTDIR) }
            return
        } catch {
            guard error.code == ENOENT else { throw StoreError(error, path: path) }
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try create(String(path[..<slash])) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            let error = SystemError.last
            throw error.isMissing ? .failed(path: path, reason: error.description) : StoreError(error, path: path)
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
