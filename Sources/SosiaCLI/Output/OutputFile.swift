import FileSystem
import Foundation

/// A file that a command writes.
struct OutputFile {
    struct Unwritable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path) cannot be written: \(reason)" }
    }

    let path: String

    /// Checks before the work whether the file can be created.
    init(_ path: String) throws(Unwritable) {
        self.path = path
        let folder = AbsolutePath.of(path + "/..")
        func isFolder(_ path: String) -> Bool { (try? FileStatus(path: path))?.kind == .folder }
        if isFolder(path) { throw Unwritable(path: path, reason: "it is a folder") }
        guard isFolder(folder) else { throw Unwritable(path: path, reason: "there is no folder \(folder)") }
        guard access(folder, W_OK) == 0 else {
            throw Unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    func write(_ bytes: [UInt8]) throws(Unwritable) {
        do throws(FileError) {
            try DurableFile.write(bytes.span.bytes, to: path)
        } catch {
            throw Unwritable(path: path, reason: error.reason)
        }
    }
}
