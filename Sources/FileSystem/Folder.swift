internal import Foundation
internal import SystemPackage

/// Creates, syncs and lists folders.
package enum Folder {
    /// Durably creates the folder and its parents where they are missing.
    ///
    /// A folder that is there may have been made just now, by a process that was killed before it could sync the name; so
    /// that is done for it.
    /// - Parameters:
    ///   - permissions: of new folders, before the process's umask is applied.
    ///   - isSynced: false for folders of caches, which may be lost.
    package static func create(
        _ path: String, permissions: UInt32 = 0o777, isSynced: Bool = true
    ) throws(FileError) {
        let parent = parent(of: path)
        if try isThere(path) {
            if !isSynced { return }
            do throws(FileError) {
                try synchronize(parent ?? ".")
            } catch {
                // Whoever may not read the folder above did not make this one.
                guard error.errno == .permissionDenied || error.errno == .readOnlyFileSystem else { throw error }
            }
            return
        }
        if let parent, parent != path { try create(parent, permissions: permissions, isSynced: isSynced) }
        if mkdir(path, mode_t(permissions)) != 0 {
            let error = FileError.last(.create, path)
            guard error.errno == .fileExists else { throw error }
        }
        if isSynced { try synchronize(parent ?? ".") }
    }

    private static func isThere(_ path: String) throws(FileError) -> Bool {
        do throws(FileError) {
            guard try FileStatus(path: path).kind == .folder else {
                throw .system(operation: .create, path: path, errno: .notDirectory)
            }
            return true
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }

    /// Syncs a folder, so that the names in it survive a crash.
    package static func synchronize(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.open, path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 {
            let error = FileError.last(.sync, path)
            // File systems without fsync for folders fail with EINVAL.
            guard error.errno == .invalidArgument else { throw error }
        }
    }

    /// The folder of a path; nil for a name without one, which is in the working directory.
    package static func parent(of path: String) -> String? {
        let path = path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? path.dropLast() : path[...]
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The names in a folder, in no particular order; bytes that are not UTF-8 are replaced.
    package static func names(in path: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            // Foundation does not always say why; the system does when it is asked again.
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .last(.open, path) }
            close(descriptor)
            throw .system(operation: .read, path: path, errno: .ioError)
        }
    }
}

/// The user's folders by the XDG Base Directory Specification 0.8, which says to ignore relative values.
package struct UserFolders: Sendable, Hashable {
    /// `$XDG_DATA_HOME`, else `~/.local/share`.
    package let data: String
    /// `$XDG_CACHE_HOME`, else `~/.cache`.
    package let cache: String
    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    package let config: String

    /// - Parameter environment: variables by name. Without an absolute `$HOME`, the system's entry for the user is used.
    package init(_ environment: [String: String]) {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let home = absolute("HOME") ?? NSHomeDirectory()
        data = absolute("XDG_DATA_HOME") ?? home + "/.local/share"
        cache = absolute("XDG_CACHE_HOME") ?? home + "/.cache"
        config = absolute("XDG_CONFIG_HOME") ?? home + "/.config"
    }
}
