public import struct Foundation.Date

/// Keeps the bytes of pictures under the names of their contents: a folder, or a service.
///
/// Every store passes the checks of `ObjectStoreConformance`. An object never changes; writing one again only renews its
/// time. That time is what keeps machines from taking away what another one is about to name: bytes are put before the
/// commit that names them, and only objects that nobody names and nobody has put for a while are removed.
public protocol ObjectStore: Sendable {
    /// Keeps an object; it survives a crash when this returns. Bytes that are there already are left alone, but count as
    /// written now.
    /// - Parameter key: the SHA-256 of the bytes; the caller's word is taken for it.
    func put(_ bytes: [UInt8], as key: ContentHash) async throws

    /// - Returns: the bytes, nil when there is no such object.
    func get(_ key: ContentHash) async throws -> [UInt8]?

    func contains(_ key: ContentHash) async throws -> Bool

    /// Takes an object away unless it was put at or after a time; an object that is put at the same moment, by whatever
    /// machine, stays or comes back.
    /// - Parameter date: by the store's own clock.
    /// - Returns: whether it was there and went.
    func remove(_ key: ContentHash, writtenBefore date: Date) async throws -> Bool

    /// The objects behind one in the order of the bytes of their keys, a part at a time.
    /// - Parameters:
    ///   - key: the last of the part before; nil from the first one on.
    ///   - limit: at most so many.
    /// - Returns: an empty list at the end.
    func objects(after key: ContentHash?, limit: Int) async throws -> [StoredObject]
}

/// An object as it is listed.
public struct StoredObject: Sendable, Hashable {
    public let key: ContentHash
    /// When it was put last, by the store's own clock.
    public let written: Date

    public init(key: ContentHash, written: Date) {
        self.key = key
        self.written = written
    }
}

/// What can be wrong with an object store.
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
