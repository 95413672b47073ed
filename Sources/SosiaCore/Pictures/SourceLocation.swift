/// The name of a machine whose files a collection has seen.
///
/// That a file is gone can only be told by the machine that has its disk, so every file location carries such a name:
/// the host's name by default, one common name for a disk that several machines share.
public struct MachineName: Hashable, Sendable, CustomStringConvertible {
    public static let maximumBytes = 253

    public let description: String

    /// - Returns: nil unless the name has 1 to ``maximumBytes`` ASCII letters, digits, dots, hyphens and underscores.
    public init?(_ name: String) {
        guard (1...Self.maximumBytes).contains(name.utf8.count), name.utf8.allSatisfy(Self.isPermitted) else {
            return nil
        }
        description = name
    }

    /// The nearest valid name, for hosts that are called otherwise.
    public init(nearest name: String) {
        let permitted = name.utf8.prefix(Self.maximumBytes).map { Self.isPermitted($0) ? $0 : UInt8(ascii: "-") }
        description = permitted.isEmpty ? "localhost" : String(decoding: permitted, as: UTF8.self)
    }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// Where a picture was seen; unique in a collection.
public enum SourceLocation: Sendable {
    /// A file, by its absolute path.
    case file(path: String, machine: MachineName)
    /// Bytes that came without a file; the object store may hold them. The name is the client's and leads nowhere.
    case upload(ContentHash, name: String)
    /// A window of a larger file.
    case tile(TileLocation)
    /// An object of a bucket.
    case object(bucket: String, key: String)
}

extension SourceLocation {
    private static let fileScheme = "file://"
    private static let uploadScheme = "upload:"
    private static let objectScheme = "s3://"

    /// The location in one line: a path for a file of `machine`, else a scheme and what it names.
    ///
    /// ``init(_:on:)`` reads it back. Ledgers that were written before locations had machines hold plain paths; they are
    /// files of the ledger's home machine.
    public func text(on machine: MachineName) -> String {
        switch self {
        case .file(let path, machine): path
        case .file(let path, let other): "\(Self.fileScheme)\(other)\(path)"
        case .upload(let hash, let name): "\(Self.uploadScheme)\(hash)/\(name)"
        case .tile(let tile): tile.description
        case .object(let bucket, let key): "\(Self.objectScheme)\(bucket)/\(key)"
        }
    }

    /// - Returns: nil for a text that ``text(on:)`` never gives.
    public init?(_ text: String, on machine: MachineName) {
        if text.utf8.first == UInt8(ascii: "/") {
            self = .file(path: text, machine: machine)
        } else if text.hasPrefix(TileLocation.scheme) {
            guard let tile = TileLocation(text) else { return nil }
            self = .tile(tile)
        } else if let (hash, name) = Self.split(text, after: Self.uploadScheme) {
            guard let hash = ContentHash(hexadecimal: hash) else { return nil }
            self = .upload(hash, name: name)
        } else if let (name, path) = Self.split(text, after: Self.fileScheme) {
            guard let name = MachineName(name) else { return nil }
            self = .file(path: "/" + path, machine: name)
        } else if let (bucket, key) = Self.split(text, after: Self.objectScheme) {
            self = .object(bucket: bucket, key: key)
        } else {
            return nil
        }
    }

    /// The path of a file of `machine`; nil for everything else.
    public func path(on machine: MachineName) -> String? {
        if case .file(let path, machine) = self { path } else { nil }
    }

    /// The first text and what follows the slash behind it.
    private static func split(_ text: String, after scheme: String) -> (String, String)? {
        guard text.hasPrefix(scheme) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        return (String(rest[..<slash]), String(rest[rest.index(after: slash)...]))
    }
}

/// Compared byte by byte: names that Swift takes for equal (canonical equivalence) can be two files.
extension SourceLocation: Hashable {
    public static func == (lhs: SourceLocation, rhs: SourceLocation) -> Bool {
        switch (lhs, rhs) {
        case (.file(let path, let machine), .file(let other, let otherMachine)):
            path.utf8.elementsEqual(other.utf8) && machine == otherMachine
        case (.upload(let hash, let name), .upload(let other, let otherName)):
            hash == other && name.utf8.elementsEqual(otherName.utf8)
        case (.tile(let tile), .tile(let other)): tile == other
        case (.object(let bucket, let key), .object(let other, let otherKey)):
            bucket.utf8.elementsEqual(other.utf8) && key.utf8.elementsEqual(otherKey.utf8)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        func combine(_ text: String) {
            for byte in text.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8.max)
        }
        switch self {
        case .file(let path, let machine):
            combine(path)
            hasher.combine(machine)
        case .upload(let hash, let name):
            hasher.combine(hash)
            combine(name)
        case .tile(let tile): hasher.combine(tile)
        case .object(let bucket, let key):
            combine(bucket)
            combine(key)
        }
    }
}

/// Where a picture was seen, and what the place said of itself then.
public struct ImageSource: Sendable, Hashable {
    /// What tells, without opening it, that a file is still the one that was read.
    public struct Stamp: Sendable, Hashable {
        /// Bytes.
        public let size: Int64
        /// When its bytes were last written, nanoseconds since 1970.
        public let modified: Int64
        /// When its bytes, name, links or permissions were last changed, nanoseconds since 1970; nil where unknown.
        public let changed: Int64?
        /// Its number on the device; nil where unknown.
        public let inode: UInt64?
        /// The device that it lies on; nil where unknown.
        public let device: UInt64?

        public init(
            size: Int64, modified: Int64, changed: Int64? = nil, inode: UInt64? = nil, device: UInt64? = nil
        ) {
            self.size = size
            self.modified = modified
            self.changed = changed
            self.inode = inode
            self.device = device
        }

        /// Whether a file is taken for the one that was read: by size and time of writing, which every stamp has.
        public func isSameFile(as other: Stamp) -> Bool { size == other.size && modified == other.modified }
    }

    public let location: SourceLocation
    /// nil when the place has no stamps; such a source is always read again.
    public let stamp: Stamp?

    public init(location: SourceLocation, stamp: Stamp? = nil) {
        self.location = location
        self.stamp = stamp
    }
}
