import FileSystem
import Foundation
import Indexes
import SosiaCore

/// The folder with a collection's indexes. Everything in it can be deleted at any time.
struct IndexFolder: Sendable {
    private static let unfinished = ".unfinished"
    private static let lockName = "builder.lock"

    let path: String

    /// Changes when a file is added or removed; nil if there is no folder.
    var stamp: FileStamp? { try? FileStatus(path: path).stamp }

    /// The indexes of a generation, those covering the most rows first.
    func files(generation: Int64) -> [IndexFile] {
        names.compactMap(IndexFile.init(name:)).filter { $0.generation == generation }
            .sorted { ($0.rows, $0.name) > ($1.rows, $1.name) }
    }

    func path(of file: IndexFile) -> String { path + "/" + file.name }

    /// - Returns: nil if it was not measured, cannot be read, or has settings that the kind does not accept.
    func calibration(of file: IndexFile, kind: IndexKind) -> IndexCalibration? {
        guard let bytes = try? FileReader.bytes(of: path + "/" + file.calibrationName),
            let read = try? JSONDecoder().decode(IndexCalibration.self, from: Data(bytes)),
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

    /// Writes a new file, which gets its name when it is complete.
    func place(_ name: String, write: (_ path: String) throws -> Void) throws {
        let file = path + "/" + name
        do {
            try DurableFile.place(file, temporary: file + Self.unfinished, write: write)
        } catch let error as FileError {
            throw StoreError(error)
        }
    }

    /// Creates the folder and takes the lock for changing it.
    /// - Returns: nil if another process is building.
    func lock() throws(StoreError) -> FileLock? {
        do throws(FileError) {
            try Folder.create(path)
            return try FileLock(path + "/" + Self.lockName)
        } catch {
            if case .locked = error { return nil }
            throw StoreError(error)
        }
    }

    /// Removes files that no search will open again. The lock must be held.
    ///
    /// Files not named like an index of `kinds` stay: they may be another program's.
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

/// What an index file covers, as stated by its name, `KIND-GENERATION-ROWS-DIGEST`.
///
/// The digest ties it to the vectors: a collection restored from a backup may have the same generation but other rows.
struct IndexFile: Sendable, Hashable {
    private static let calibration = ".calibration"

    let kind: String
    let generation: Int64
    /// The number of rows it covers, counted from the first one.
    let rows: Int
    /// ``VectorFile/digest(rows:)``
    let digest: UInt32

    init(kind: String, generation: Int64, rows: Int, digest: UInt32) {
        self.kind = kind
        self.generation = generation
        self.rows = rows
        self.digest = digest
    }

    /// - Returns: nil for anything but the ``name`` of an index.
    init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, let generation = Int64(parts[1]), let rows = Int(parts[2]), rows > 0,
            let digest = UInt32(parts[3], radix: 16)
        else { return nil }
        self.init(kind: String(parts[0]), generation: generation, rows: rows, digest: digest)
        guard self.name == name else { return nil }
    }

    /// - Parameter name: of an index or of its calibration.
    init?(belongingTo name: String) {
        self.init(name: name.hasSuffix(Self.calibration) ? String(name.dropLast(Self.calibration.count)) : name)
    }

    /// The name of the file with its calibration.
    var calibrationName: String { name + Self.calibration }

    var name: String { "\(kind)-\(generation)-\(rows)-\(String(digest, radix: 16))" }
}

extension VectorFile {
    /// How many rows a digest samples.
    private static let sampledRows = 16

    /// A checksum of a sample of the first `rows` rows that includes the first and the last one.
    func digest(rows: Int) -> UInt32 {
        let sampled = min(rows, Self.sampledRows)
        return (0..<sampled).reduce(0) { sum, index in
            let slot = sampled > 1 ? (rows - 1) * index / (sampled - 1) : 0
            return row(slot).checksum(continuing: sum)
        }
    }
}
