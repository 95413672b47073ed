internal import FileSystem
public import Foundation

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

    /// The keys in the file; none if there is no file.
    /// - Throws: ``KeyFileError``, also if anyone but its owner may read or write the file.
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

    /// Replaces the file; after a crash it holds either the old keys or the new ones.
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
            // Check the version first: other versions may have other members.
            guard version == Self.version else { throw KeyFileError.unknownVersion(version, path: path) }
            records = try decoder.decode(Content.self, from: data).keys
        } catch let error as KeyFileError {
            throw error
        } catch {
            throw .damaged(path: path, reason: "it cannot be read as version \(Self.version)")
        }
        return try KeyRing(records: records)
    }

    /// The error of the last system call (`errno`).
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

extension KeyFile {
    /// Reads the keys, changes them and writes them back. Concurrent changes wait for each other.
    /// - Throws: ``KeyFileError``.
    public func change<Result>(
        _ body: (inout KeyRing) throws(KeyFileError) -> Result
    ) throws(KeyFileError) -> Result {
        let folder = Folder.parent(of: path) ?? "."
        let lock: FileLock
        do throws(FileError) {
            try Folder.create(folder, permissions: 0o700)
            // Lock the folder, because every write replaces the file.
            lock = try FileLock(waitingForFolder: folder)
        } catch {
            throw .unusable(path: folder, reason: error.reason)
        }
        defer { withExtendedLifetime(lock) {} }
        var ring = try read()
        let result = try body(&ring)
        try write(ring)
        return result
    }
}

extension KeyFile {
    /// `$SOSIA_KEYS`, else `sosia/keys.json` in the user's configuration folder (XDG Base Directory Specification:
    /// `$XDG_CONFIG_HOME`, else `~/.config`).
    /// - Parameter environment: variables by name.
    public static func standardPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let keys = environment["SOSIA_KEYS"], !keys.isEmpty { return keys }
        return UserFolders(environment).config + "/sosia/keys.json"
    }
}

/// What can be wrong with a key file, or with a change to it.
public enum KeyFileError: Error, Hashable, Sendable {
    case damaged(path: String, reason: String)
    case nameTaken(String)
    case noScopes(String)
    /// Others besides its owner may read or write the file.
    case open(path: String)
    case tooMany(maximum: Int)
    case unknownName(String)
    case unknownVersion(Int, path: String)
    case unusable(path: String, reason: String)
    case unusableName(String)
}

extension KeyFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let path, let reason): "\(path) is not a key file: \(reason)"
        case .nameTaken(let name): "there is a key named \(name) already"
        case .noScopes(let name): "the key \(name) would allow nothing; give it a scope, read or write"
        case .open(let path): "others may read or write \(path); run: chmod 600 \(path)"
        case .tooMany(let maximum): "there are \(maximum) keys already"
        case .unknownName(let name): "there is no key named \(name)"
        case .unknownVersion(let version, let path): "\(path) is of version \(version), which is not known here"
        case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .unusableName:
            "a key's name has 1 to \(KeyRing.maximumNameLength) letters, digits, . _ - and spaces within"
        }
    }
}
