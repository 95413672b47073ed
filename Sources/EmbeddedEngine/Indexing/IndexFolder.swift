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

/// What an index file was made of; its name, `KIND-GENERATION-ROWS-DIGEST`, says so.
///
/// The digest binds it to the vectors: a collection that was put back from a copy may have the same generation and
/// other rows.
struct IndexFile: Sendable, Hashable {
    private static let calibration = ".calibration"

    let kind: String
    let generation: Int64
    /// The rows that it covers, from the first on.
    let rows: Int
    /// ``VectorFile/digest(rows:)``
    let digest: UInt32

    init(kind: String, generation: Int64, rows: Int, digest: UInt32) {
        self.kind = kind
        self.generation = generation
        self.rows = rows
        self.digest = digest
    }

    /// - Returns: nil for a name that is not one of these.
    init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, let generation = Int64(parts[1]), let rows = Int(parts[2]), rows > 0,
            let digest = UInt32(parts[3], radix: 16)
        else { return nil }
        self.init(kind: String(parts[0]), generation: generation, rows: rows, digest: digest)
        guard self.name == name else { return nil }
    }

    /// - Parameter name: of an index, or of the file beside one.
    init?(belongingTo name: String) {
        self.init(name: name.hasSuffix(Self.calibration) ? String(name.dropLast(Self.calibration.count)) : name)
    }

    /// The file beside it that says what recall costs.
    var calibrationName: String { name + Self.calibration }

    var name: String { "\(kind)-\(generation)-\(rows)-\(String(digest, radix: 16))" }
}

extension VectorFile {
    /// So many rows stand for all.
    private static let sampledRows = 16

    /// A checksum of some of the first `rows` rows, the first and the last among them.
    func digest(rows: Int) -> UInt32 {
        let sampled = min(rows, Self.sampledRows)
        return (0..<sampled).reduce(0) { sum, index in
            let slot = sampled > 1 ? (rows - 1) * index / (sampled - 1) : 0
            return row(slot).checksum(continuing: sum)
        }
    }
}
