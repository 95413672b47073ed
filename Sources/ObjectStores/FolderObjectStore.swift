import FileSystem
import Foundation
public import SosiaCore
import SystemPackage

/// Objects as files of one folder: `ab/ab12...`, the name being the SHA-256 of the bytes in hexadecimal.
///
/// An object is written new, synced and renamed, so it is there as a whole or not at all. The folder is made with the
/// first object.
public struct FolderObjectStore: ObjectStore {
    /// The folder's path, absolute or relative to the working directory.
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Written new, synced and renamed.
    /// - Throws: `ObjectStoreError`
    public func put(_ bytes: [UInt8], as key: ContentHash) async throws {
        guard !FileManager.default.fileExists(atPath: file(key)) else { return }
        try translating { () throws(FileError) in
            try create(folder(key))
            try DurableFile.write(bytes.span.bytes, to: file(key), permissions: 0o644)
        }
    }

    /// Reads the whole file; what it holds is the caller's to check.
    /// - Throws: `ObjectStoreError`
    public func get(_ key: ContentHash) async throws -> [UInt8]? {
        try translating { () throws(FileError) in
            do throws(FileError) {
                return try FileReader.bytes(of: file(key))
            } catch {
                guard error.isMissing else { throw error }
                return nil
            }
        }
    }

    /// Looks for the file.
    public func contains(_ key: ContentHash) async throws -> Bool {
        FileManager.default.fileExists(atPath: file(key))
    }

    /// Durable when it returns.
    /// - Throws: `ObjectStoreError`
    public func remove(_ key: ContentHash) async throws {
        try translating { () throws(FileError) in
            _ = try DurableFile.remove(file(key))
        }
    }

    /// Lists the folder; files whose names are no keys are passed over.
    /// - Throws: `ObjectStoreError`
    public func keys(after key: ContentHash?, limit: Int) async throws -> [ContentHash] {
        try translating { () throws(FileError) in
            let last = key?.description ?? ""
            var found: [ContentHash] = []
            for part in try names(in: path) where part.utf8.count == Self.prefixLength && part >= last.prefix(2) {
                for name in try names(in: path + "/" + part) where name > last && name.hasPrefix(part) {
                    guard found.count < limit else { return found }
                    if let key = ContentHash(hexadecimal: name) { found.append(key) }
                }
            }
            return found
        }
    }
}

extension FolderObjectStore {
    private static let prefixLength = 2
    /// Seconds after which a file that was being written belongs to a process that is gone.
    private static let abandoned = 3_600.0

    private func folder(_ key: ContentHash) -> String { path + "/" + key.description.prefix(Self.prefixLength) }

    private func file(_ key: ContentHash) -> String { folder(key) + "/" + key.description }

    /// Sorted; none for a folder that is not there.
    private func names(in folder: String) throws(FileError) -> [String] {
        do throws(FileError) {
            return try Folder.names(in: folder).sorted()
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    /// Makes the folder durable under its name, and clears one that was there of what crashes left.
    private func create(_ folder: String) throws(FileError) {
        if FileManager.default.fileExists(atPath: folder) {
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

    private func translating<Value>(_ body: () throws(FileError) -> Value) throws(ObjectStoreError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            switch error.errno {
            case .noSpace, .diskQuotaExceeded: throw .full(store: path)
            case .readOnlyFileSystem, .permissionDenied, .notPermitted: throw .readOnly(store: path)
            default: throw .failed(store: path, reason: error.reason)
            }
        }
    }
}

extension ContentHash {
    /// - Returns: nil unless the text is a ``ContentHash/description``.
    init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
        guard description == text else { return nil }
    }
}
