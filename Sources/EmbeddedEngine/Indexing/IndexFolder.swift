import FileSystem
import Foundation
import SosiaCore

/// The folder with the indexes of a collection. All of it may be deleted at any moment.
struct IndexFolder: Sendable {
    private static let unfinished = ".unfinished"
    private static let lockName = "builder.lock"

    let path: String

    /// Changes when a file comes or goes; nil when there is no folder.
    var stamp: FileStamp? { try? FileStatus(path: path).stamp }

    /// The indexes of a generation, those that cover most first.
    func files(generation: Int64) -> [IndexFile] {
        names.compactMap(IndexFile.init(name:)).filter { $0.generation == generation }
            .sorted { ($0.rows, $0.name) > ($1.rows, $1.name) }
    }

    func path(of file: IndexFile) -> String { path + "/" + file.name }

    /// - Returns: nil when it was not measured, or cannot be read.
    func calibration(of file: IndexFile) -> Calibration? {
        Calibration(readingFrom: path + "/" + file.calibrationName)
    }

    func remove(_ file: IndexFile) { unlink(path(of: file)) }

    /// Puts a new file in place once it is whole.
    func place(_ name: String, write: (_ path: String) throws -> Void) throws {
        let file = path + "/" + name
        do {
            try DurableFile.place(file, temporary: file + Self.unfinished, write: write)
        } catch let error as FileError {
            throw StoreError(error)
        }
    }

    /// Makes the folder, and takes the right to change what is in it.
    /// - Returns: nil when another process builds.
    func lock() throws(StoreError) -> FileLock? {
        do throws(FileError) {
            try Folder.create(path)
            return try FileLock(path + "/" + Self.lockName)
        } catch {
            if case .locked = error { return nil }
            throw StoreError(error)
        }
    }

    /// Removes what no search will open again; only while the lock is held.
    func clean(keeping kept: [IndexFile]) {
        let wanted = Set(kept.flatMap { [$0.name, $0.calibrationName] } + [Self.lockName])
        for name in names where !wanted.contains(name) { unlink(path + "/" + name) }
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
