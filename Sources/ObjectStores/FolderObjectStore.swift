import Crypto
import FileSystem
public import Foundation
public import SosiaCore
import SystemPackage
import Workers

/// Objects as files of one folder: `ab/ab12...`, the name being the SHA-256 of the bytes in hexadecimal.
///
/// An object is written new, synced and renamed, so it is there as a whole or not at all; when it was put is its time of
/// change in the file system. Whoever puts or removes holds the lock of the part of the folder (`ab/.lock`, `flock(2)`)
/// meanwhile, so that nobody removes what another process has just found to be there. Machines that share the folder need
/// a file system whose locks hold between them, as those of NFS version 4 do. The folder is made with the first object.
public struct FolderObjectStore: ObjectStore {
    /// Reading and syncing wait for the disk, on threads of their own.
    private static let disk = CPUExecutor(label: "sosia.objects", width: 8)

    /// The folder's path, absolute or relative to the working directory.
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Written new, synced and renamed, unless a file with these bytes is there.
    /// - Throws: `ObjectStoreError`
    public func put(_ bytes: [UInt8], as key: ContentHash) async throws {
        try await onDisk { () throws(FileError) in
            try create(folder(key))
            let lock = try FileLock(lock(of: folder(key)), isWaiting: true)
            defer { withExtendedLifetime(lock) {} }
            if holds(file(key), bytes) {
                try DurableFile.renew(file(key))
            } else {
                try DurableFile.write(bytes.span.bytes, to: file(key), permissions: 0o644)
            }
        }
    }

    /// Reads the whole file, without checking its content.
    /// - Throws: `ObjectStoreError`
    public func get(_ key: ContentHash) async throws -> [UInt8]? {
        try await onDisk { () throws(FileError) in
            try ifThere { () throws(FileError) in try FileReader.bytes(of: file(key)) }
        }
    }

    /// Reads as much of the file, without checking its content. The file is open only meanwhile.
    /// - Throws: `ObjectStoreError`
    public func get(_ key: ContentHash, _ range: Range<Int>) async throws -> [UInt8]? {
        try await onDisk { () throws(FileError) in
            try ifThere { () throws(FileError) in try FileReader.part(of: file(key), range).bytes }
        }
    }

    /// Looks at the file.
    /// - Throws: `ObjectStoreError`
    public func length(of key: ContentHash) async throws -> Int? {
        try await onDisk { () throws(FileError) in
            try ifThere { () throws(FileError) in Int(try FileStatus(path: file(key)).stamp.size) }
        }
    }

    /// Looks for the file.
    /// - Throws: `ObjectStoreError`
    public func contains(_ key: ContentHash) async throws -> Bool {
        try await onDisk { () throws(FileError) in try written(file(key)) != nil }
    }

    /// Hashes the file piece by piece.
    /// - Throws: `ObjectStoreError`
    public func examine(_ key: ContentHash) async throws -> ObjectCondition {
        let condition = try await onDisk { () throws(FileError) -> ObjectCondition in
            do throws(FileError) {
                let file = try FileReader(file(key))
                var (hash, count) = (SHA256(), 0)
                try file.forEachPiece { piece in
                    hash.update(data: piece)
                    count += piece.count
                    return !Task.isCancelled
                }
                return hash.finalize().elementsEqual(key.bytes) ? .whole : .changed(bytes: count)
            } catch {
                return error.isMissing ? .missing : .unreadable(reason: error.reason)
            }
        }
        try Task.checkCancellation()
        return condition
    }

    /// Durable when it returns.
    /// - Throws: `ObjectStoreError`
    public func remove(_ key: ContentHash, writtenBefore date: Date) async throws -> Bool {
        try await onDisk { () throws(FileError) in
            guard try written(file(key)) != nil else { return false }
            let lock = try FileLock(lock(of: folder(key)), isWaiting: true)
            defer { withExtendedLifetime(lock) {} }
            guard let written = try written(file(key)), written < date else { return false }
            return try DurableFile.remove(file(key))
        }
    }

    /// Lists the folder; files whose names are not keys are ignored.
    /// - Throws: `ObjectStoreError`
    public func objects(after key: ContentHash?, limit: Int) async throws -> [StoredObject] {
        try await onDisk { () throws(FileError) in
            let last = key?.description ?? ""
            var found: [StoredObject] = []
            for part in try names(in: path) where part.utf8.count == Self.prefixLength && part >= last.prefix(2) {
                for name in try names(in: path + "/" + part) where name > last && name.hasPrefix(part) {
                    guard found.count < limit else { return found }
                    guard let key = ContentHash(hexadecimal: name), let written = try written(file(key)) else {
                        continue
                    }
                    found.append(StoredObject(key: key, written: written))
                }
            }
            return found
        }
    }
}

extension FolderObjectStore {
    private static let prefixLength = 2
    /// Seconds after which an unfinished file is considered abandoned.
    private static let abandoned = 3_600.0

    private func folder(_ key: ContentHash) -> String { path + "/" + key.description.prefix(Self.prefixLength) }

    private func file(_ key: ContentHash) -> String { folder(key) + "/" + key.description }

    private func lock(of folder: String) -> String { folder + "/.lock" }

    /// Whether a file has these bytes. One that cannot be read is as good as none.
    private func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard let file = try? FileReader(path), file.count == bytes.count else { return false }
        var offset = 0
        do throws(FileError) {
            try file.forEachPiece { piece in
                guard piece.count <= bytes.count - offset,
                    bytes[offset..<offset + piece.count].elementsEqual(piece)
                else { return false }
                offset += piece.count
                return true
            }
        } catch {
            return false
        }
        return offset == bytes.count
    }

    /// - Returns: nil if there is no such file.
    private func written(_ file: String) throws(FileError) -> Date? {
        try ifThere { () throws(FileError) in
            Date(timeIntervalSince1970: Double(try FileStatus(path: file).stamp.modified) / 1e9)
        }
    }

    /// - Returns: nil if the file that `body` reads is not there.
    private func ifThere<Value>(_ body: () throws(FileError) -> Value) throws(FileError) -> Value? {
        do throws(FileError) {
            return try body()
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    /// Sorted; empty if there is no folder.
    private func names(in folder: String) throws(FileError) -> [String] {
        do throws(FileError) {
            return try Folder.names(in: folder).sorted()
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    /// Durably creates the folder, or clears an existing one of what crashes left. The lock is made only in a folder whose
    /// name is durable.
    private func create(_ folder: String) throws(FileError) {
        if FileManager.default.fileExists(atPath: lock(of: folder)) {
            for name in try names(in: folder) where name.hasSuffix(DurableFile.temporaryEnding) {
                let file = folder + "/" + name
                guard let written = try? FileStatus(path: file).stamp.modified,
                    Date().timeIntervalSince1970 - Double(written) / 1e9 > Self.abandoned
                else { continue }
                _ = try? DurableFile.remove(file)
            }
        } else {
            try Folder.create(folder)
        }
    }

    private func onDisk<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileError) -> Value
    ) async throws -> Value {
        try await Self.disk.run {
            do throws(FileError) {
                return try body()
            } catch {
                switch error.errno {
                case .noSpace, .diskQuotaExceeded: throw ObjectStoreError.full(store: path)
                case .readOnlyFileSystem, .permissionDenied, .notPermitted: throw ObjectStoreError.readOnly(store: path)
                default: throw ObjectStoreError.failed(store: path, reason: error.reason)
                }
            }
        }
    }
}
