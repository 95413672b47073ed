import FileSystem
import Foundation
import Indexes
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

    /// - Returns: nil when it was not measured, or cannot be read, or is of settings that the kind does not have.
    func calibration(of file: IndexFile, kind: IndexKind) -> IndexCalibration? {
        guard let data = FileManager.default.contents(atPath: path + "/" + file.calibrationName),
            let read = try? JSONDecoder().decode(IndexCalibration.self, from: data),
            read.entries.allSatisfy({ kind.accepts($0.settings) })
        else { return nil }
        return read
    }

    func place(_ calibration: IndexCalibration, of file: IndexFile) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(calibration)
        try place(file.calibrationName) { try json.write(to: URL(fileURLWithPath: $0)) }
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
    ///
    /// What is not named like an index of `kinds` stays: another program may know it.
    func clean(_ kinds: [IndexKind], keeping kept: [IndexFile]) {
        let wanted = Set(kept.flatMap { [$0.name, $0.calibrationName] })
        for name in names where !wanted.contains(name) {
            let file = IndexFile(
                belongingTo: name.hasSuffix(Self.unfinished) ? String(name.dropLast(Self.unfinished.count)) : name)
            if kinds.contains(where: { $0.name == file?.kind }) { unlink(path + "/" + name) }
        }
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
