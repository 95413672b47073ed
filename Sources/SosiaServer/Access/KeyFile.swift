internal import FileSystem
internal import Foundation

/// A ring of keys on disk: JSON that only its owner may read and write, with the keys' SHA-256 in base64.
/// ```json
/// {"version": 1, "keys": [{"name": "laptop", "scopes": ["read"], "created": "2026-01-31T12:00:00Z", "sha256": "..."}]}
/// ```
public struct KeyFile: Sendable {
    static let version = 1
    static let permissions: UInt32 = 0o600
    static let maximumBytes = 8 << 20

    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    private struct Version: Decodable {
        let version: Int
    }

    private struct Content: Codable {
        let version: Int
        let keys: [KeyRecord]
    }

    /// The keys in the file; none when there is no file.
    /// - Throws: ``KeyFileError``; also when others than its owner may read or write the file.
    public func read() throws(KeyFileError) -> KeyRing {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return KeyRing() }
            throw lastError
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw lastError }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable(path: path, reason: "not a regular file") }
        guard status.st_mode & 0o077 == 0 else { throw .open(path: path) }
        let data: Data
        do {
            data = try file.read(upToCount: Self.maximumBytes) ?? Data()
        } catch {
            throw .unusable(path: path, reason: error.localizedDescription)
        }
        return try decode(data)
    }

    /// Writes the keys in place of what is there; a crash leaves the one or the other.
    /// - Throws: ``KeyFileError``.
    public func write(_ ring: KeyRing) throws(KeyFileError) {
        let data: Data
        do {
            data = try encoder.encode(Content(version: Self.version, keys: ring.records))
        } catch {
            throw .unusable(path: path, reason: error.localizedDescription)
        }
        do throws(FileError) {
            try DurableFile.write([UInt8](data).span.bytes, to: path, permissions: Self.permissions)
        } catch {
            throw .unusable(path: path, reason: error.reason)
        }
    }

    private func decode(_ data: Data) throws(KeyFileError) -> KeyRing {
        let records: [KeyRecord]
        do {
            let version = try decoder.decode(Version.self, from: data).version
            // What another version holds may be of another form.
            guard version == Self.version else { throw KeyFileError.unknownVersion(version, path: path) }
            records = try decoder.decode(Content.self, from: data).keys
        } catch let error as KeyFileError {
            throw error
        } catch {
            throw .damaged(path: path, reason: "it cannot be read as version \(Self.version)")
        }
        return try KeyRing(records: records)
    }

    /// The meaning of the number that the last system call left.
    private var lastError: KeyFileError { .unusable(path: path, reason: String(cString: strerror(errno))) }

    private var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    private var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
