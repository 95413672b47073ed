import Foundation

/// The files that the Python script writes, once for all tests.
enum OddFiles {
    /// nil when there is no Python, or it failed.
    static let folder: URL? = {
        let name = "odd-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Pillow.makeOddFiles(in: folder)
            atexit { OddFiles.remove() }
            return folder
        } catch {
            print("skipped: generated files: \(error)")
            return nil
        }
    }()

    private static func remove() {
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }
}
