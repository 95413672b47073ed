import Foundation

/// A picture file that a command writes.
struct SheetFile {
    struct Unwritable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path) cannot be written: \(reason)" }
    }

    let path: String

    /// Checks before the search whether the file can be created.
    init(_ path: String) throws(Unwritable) {
        self.path = path
        let files = FileManager.default
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Unwritable(path: path, reason: "it is a folder")
        }
        guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Unwritable(path: path, reason: "there is no folder \(folder)")
        }
        guard access(folder, W_OK) == 0 else {
            throw Unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    func write(_ bytes: [UInt8]) throws(Unwritable) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
