public import struct Foundation.Date

/// Stores the bytes of pictures by the hash of their content, in a folder or a service.
///
/// Every store passes the checks of `ObjectStoreConformance`. An object never changes; writing it again renews its time,
/// and its bytes if a disk has changed them. This keeps one machine from removing what another is about to refer to: bytes are stored before the commit that
/// refers to them, and only unreferenced objects that have not been written for a while are removed.
public protocol ObjectStore: Sendable {
    /// Stores an object, which is there with these bytes once this returns, and survives a crash. An existing object with
    /// these bytes is left unchanged but counts as written now; one with others is damaged, and is replaced.
    /// - Parameter key: the SHA-256 of the bytes, which the store does not check.
    func put(_ bytes: [UInt8], as key: ContentHash) async throws

    /// - Returns: the bytes; nil if there is no such object.
    func get(_ key: ContentHash) async throws -> [UInt8]?

    /// Reads a part of an object, so that nobody has to hold a large one as a whole.
    /// - Parameter range: bytes of the object; what lies behind its end is left out.
    /// - Returns: nil if there is no such object.
    func get(_ key: ContentHash, _ range: Range<Int>) async throws -> [UInt8]?

    /// - Returns: how many bytes an object has; nil if there is no such object.
    func length(of key: ContentHash) async throws -> Int?

    func contains(_ key: ContentHash) async throws -> Bool

    /// Reads an object, in pieces of bounded size, and compares its SHA-256 with the key.
    func examine(_ key: ContentHash) async throws -> ObjectCondition

    /// Removes an object unless it was written at or after a time. An object that any machine writes at the same moment
    /// stays or returns.
    /// - Parameter date: by the store's own clock.
    /// - Returns: whether it existed and was removed.
    func remove(_ key: ContentHash, writtenBefore date: Date) async throws -> Bool

    /// A page of objects, ordered by key in byte order.
    /// - Parameters:
    ///   - key: the last one of the previous page; nil for the first page.
    ///   - limit: the page size.
    /// - Returns: an empty list at the end.
    func objects(after key: ContentHash?, limit: Int) async throws -> [StoredObject]
}

/// What is known of an object whose bytes were read.
public enum ObjectCondition: Sendable, Hashable {
    case whole
    case missing
    /// Its bytes, so many, are not those that were put.
    case changed(bytes: Int)
    case unreadable(reason: String)
}

/// An entry of a store's list of objects.
public struct StoredObject: Sendable, Hashable {
    public let key: ContentHash
    /// When it was last written, by the store's own clock.
    public let written: Date

    public init(key: ContentHash, written: Date) {
        self.key = key
        self.written = written
    }
}

/// What can go wrong with an object store.
public enum ObjectStoreError: Error, Hashable, Sendable {
    case full(store: String)
    case readOnly(store: String)
    case failed(store: String, reason: String)
}

extension ObjectStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .full(let store): "no space left on the disk of \(store)"
        case .readOnly(let store): "\(store) cannot be written"
        case .failed(let store, let reason): "\(store): \(reason)"
        }
    }
}
