internal import Foundation

/// The name of a machine whose files a collection refers to.
///
/// Only the machine that has the disk can tell that a file is gone, so every file location carries a machine's name: by
/// default the host's, or one common name for a disk that several machines share.
public struct MachineName: Hashable, Sendable, CustomStringConvertible {
    public static let maximumBytes = 253

    public let description: String

    /// - Returns: nil unless the name consists of 1 to ``maximumBytes`` ASCII letters, digits, dots, hyphens and
    ///   underscores.
    public init?(_ name: String) {
        guard (1...Self.maximumBytes).contains(name.utf8.count), name.utf8.allSatisfy(Self.isPermitted) else {
            return nil
        }
        description = name
    }

    /// The nearest valid name, for hosts whose own name is not valid.
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

extension MachineName {
    /// The host's own name, whatever machine its files belong to.
    package static let system: MachineName = {
        // Asked of the system alone: the host's name of Foundation may wait for a name server.
        var name = [CChar](repeating: 0, count: maximumBytes + 1)
        guard gethostname(&name, name.count) == 0 else { return MachineName(nearest: "") }
        return MachineName(
            nearest: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }()
}

/// The location at which a picture was seen; unique within a collection.
public enum SourceLocation: Sendable {
    /// A file, by its absolute path.
    case file(path: String, machine: MachineName)
    /// Bytes that were uploaded; the object store may hold them. The name is the client's and refers to nothing.
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

    /// The location on one line: a path for a file of `machine`, otherwise a scheme and what it refers to.
    ///
    /// ``init(_:on:)`` reads it back. Ledgers written before locations had machines hold plain paths, which are files of
    /// the ledger's home machine.
    public func text(on machine: MachineName) -> String {
        switch self {
        case .file(let path, machine): path
        case .file(let path, let other): "\(Self.fileScheme)\(other)\(path)"
        case .upload(let hash, let name): "\(Self.uploadScheme)\(hash)/\(name)"
        case .tile(let tile): tile.description
        case .object(let bucket, let key): "\(Self.objectScheme)\(bucket)/\(key)"
        }
    }

    /// - Returns: nil for anything but a ``text(on:)``.
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

    /// The path, for a file of `machine`; nil for everything else.
    public func path(on machine: MachineName) -> String? {
        if case .file(let path, machine) = self { path } else { nil }
    }

    /// The parts before and after the first slash.
    private static func split(_ text: String, after scheme: String) -> (String, String)? {
        guard text.hasPrefix(scheme) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        return (String(rest[..<slash]), String(rest[rest.index(after: slash)...]))
    }
}

/// Compared byte by byte: names that Swift considers equal (canonical equivalence) can be different files.
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

/// Where a picture was seen, and the stamp that the file had at that time.
public struct ImageSource: Sendable, Hashable {
    /// Tells, without opening it, whether a file is still the one that was read.
    public struct Stamp: Sendable, Hashable {
        /// Bytes.
        public let size: Int64
        /// When its bytes were last written, nanoseconds since 1970.
        public let modified: Int64
        /// When its bytes, name, links or permissions were last changed, nanoseconds since 1970; nil where unknown.
        public let changed: Int64?
        /// nil where unknown.
        public let inode: UInt64?
        /// nil where unknown.
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

        /// Whether a file is taken for the one that was read, by size and modification time, which every stamp has.
        public func isSameFile(as other: Stamp) -> Bool { size == other.size && modified == other.modified }

        /// Whether nothing that both stamps know is different. Programs that change a file in place may give it its old
        /// time of modification again, but nobody sets the time of change, and another file has another inode.
        public func isUntouched(since other: Stamp) -> Bool {
            func agree<Value: Equatable>(_ one: Value?, _ other: Value?) -> Bool {
                one == nil || other == nil || one == other
            }
            return isSameFile(as: other) && agree(changed, other.changed) && agree(inode, other.inode)
                && agree(device, other.device)
        }
    }

    public let location: SourceLocation
    /// nil where there are no stamps; such a source is always read again.
    public let stamp: Stamp?

    public init(location: SourceLocation, stamp: Stamp? = nil) {
        self.location = location
        self.stamp = stamp
    }
}
