public import Images
public import SosiaCore

/// The encoded bytes of a picture.
public struct Original: Sendable, Hashable {
    public let bytes: [UInt8]
    /// Of the bytes; also a name under which caches may keep them forever.
    public let hash: ContentHash
    public let format: PictureFormat
}

extension Store {
    /// The bytes that a picture was added with: from one of its files that still has them, else from the object store.
    /// - Throws: `EngineError.unknownImage`; ``StoreError/originalGone(_:)`` when they are nowhere any more.
    public func original(of id: ImageID) async throws -> Original {
        throw StoreError.originalGone(id)
    }

    /// A small JPEG of a picture, upright.
    ///
    /// It is kept in the collection's `thumbnails/`, which may be deleted at any moment.
    /// - Parameter width: pixels; the next of ``ThumbnailWidth/all`` is taken, the picture's own where that is smaller.
    /// - Throws: ``StoreError/invalidWidth(got:minimum:maximum:)``; what ``original(of:)`` throws; `DecodeError`.
    public func thumbnail(of id: ImageID, width: Int) async throws -> [UInt8] {
        throw StoreError.originalGone(id)
    }
}

/// The widths that thumbnails have.
public enum ThumbnailWidth {
    public static let all = [64, 128, 256, 512, 1_024]
    public static let minimum = 1
    public static let standard = 256
    public static let maximum = 1_024
}
