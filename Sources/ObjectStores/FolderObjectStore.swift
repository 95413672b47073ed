import Foundation
public import SosiaCore

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
        try translating {
            try create(folder(key))
            let partial = folder(key) + "/." + UUID().uuidString + Self.partialEnding
            do {
                try write(bytes, to: partial)
                try Disk.rename(partial, to: file(key))
            } catch {
                try? FileManager.default.removeItem(atPath: partial)
                throw error
            }
            try Disk.synchronize(folder: folder(key))
        }
    }

    /// Reads the whole file; what it holds is the caller's to check.
    /// - Throws: `ObjectStoreError`
    public func get(_ key: ContentHash) async throws -> [UInt8]? {
        try translating {
            do {
                return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(key))))
            } catch CocoaError.fileReadNoSuchFile {
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
        try translating {
            do {
                try FileManager.default.removeItem(atPath: file(key))
            } catch CocoaError.fileNoSuchFile {
                return
            }
            try Disk.synchronize(folder: folder(key))
        }
    }

    /// Lists the folder; files whose names are no keys are passed over.
    /// - Throws: `ObjectStoreError`
    public func keys(after key: ContentHash?, limit: Int) async throws -> [ContentHash] {
        try translating {
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
    private static let partialEnding = ".partial"
    /// Seconds after which a file that was being written belongs to a process that is gone.
    private static let abandoned = 3_600.0

    private func folder(_ key: ContentHash) -> String { path + "/" + key.description.prefix(Self.prefixLength) }

    private func file(_ key: ContentHash) -> String { folder(key) + "/" + key.description }

    /// Sorted; none for a folder that is not there.
    private func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch CocoaError.fileReadNoSuchFile {
            return []
        }
    }

    /// Makes the folder durable under its name, and clears one that was there of what crashes left.
    private func create(_ folder: String) throws {
        if FileManager.default.fileExists(atPath: folder) {
            for name in try names(in: folder) where name.hasSuffix(Self.partialEnding) {
                let written = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.modificationDate]
                guard let written = written as? Date, -written.timeIntervalSinceNow > Self.abandoned else { continue }
                try? FileManager.default.removeItem(atPath: folder + "/" + name)
            }
        } else {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Disk.synchronize(folder: path)
            try Disk.synchronize(folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        }
    }

    private func write(_ bytes: [UInt8], to partial: String) throws {
        try Disk.create(partial)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: partial))
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
    }

    private func translating<Value>(_ body: () throws -> Value) throws(ObjectStoreError) -> Value {
        do {
            return try body()
        } catch {
            throw Disk.error(error, store: path)
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
