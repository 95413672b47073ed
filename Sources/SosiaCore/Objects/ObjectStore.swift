/// Keeps the bytes of pictures under the names of their contents: a folder, or a service.
///
/// Every store passes the checks of `ObjectStoreConformance`. An object never changes, so a second writing of a key is
/// no writing at all.
public protocol ObjectStore: Sendable {
    /// Keeps an object; it survives a crash when this returns. Bytes that are there already are left alone.
    /// - Parameter key: the SHA-256 of the bytes; the caller's word is taken for it.
    func put(_ bytes: [UInt8], as key: ContentHash) async throws

    /// - Returns: the bytes, nil when there is no such object.
    func get(_ key: ContentHash) async throws -> [UInt8]?

    func contains(_ key: ContentHash) async throws -> Bool

    /// Takes an object away. A key that is not there is passed over.
    func remove(_ key: ContentHash) async throws

    /// The keys behind one in the order of their bytes, a part at a time.
    /// - Parameters:
    ///   - key: the last of the part before; nil from the first key on.
    ///   - limit: at most so many.
    /// - Returns: an empty list at the end.
    func keys(after key: ContentHash?, limit: Int) async throws -> [ContentHash]
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
