import Crypto
import FileSystem
import Foundation
package import Images
package import SosiaCore
import Workers

/// The encoded bytes of a picture, read in parts: nobody has to hold a large one as a whole.
///
/// All of its bytes were hashed when it was opened. A file that changes later is not read any further.
package struct OriginalReader: Sendable {
    /// Bytes.
    package let length: Int
    /// Of all bytes: what caches may name them by forever.
    package let hash: ContentHash
    /// What the bytes are, whatever their file is called.
    package let format: PictureFormat
    /// Bytes that the reader itself keeps in memory: those of a tile, which is cut anew.
    package let held: Int
    private let part: @Sendable (Range<Int>) async throws -> [UInt8]

    /// Bytes that are hashed or looked at together.
    private static let block = 1 << 20

    /// Some of the bytes; fewer where the original ends.
    /// - Throws: `StoreError.originalGone` when the file has changed or gone; `ObjectStoreError`.
    package func bytes(in range: Range<Int>) async throws -> [UInt8] { try await part(range) }

    init(_ original: Store.Original) {
        let bytes = original.bytes
        (length, hash, format, held) = (bytes.count, original.hash, original.format, bytes.count)
        part = { range in Array(bytes[range.clamped(to: bytes.indices)]) }
    }

    /// - Returns: nil unless the parts are a picture of the hash.
    private init?(
        _ length: Int, _ hash: ContentHash, _ part: @escaping @Sendable (Range<Int>) async throws -> [UInt8]
    ) async throws {
        var sum = SHA256()
        var head: [UInt8] = []
        for start in stride(from: 0, to: length, by: Self.block) {
            try Task.checkCancellation()
            let bytes = try await part(start..<min(start + Self.block, length))
            if start == 0 { head = bytes }
            sum.update(data: bytes)
        }
        guard ContentHash(bytes: Array(sum.finalize())) == hash, let format = PictureFormat(sniffing: head) else {
            return nil
        }
        (self.length, self.hash, self.format, self.part, held) = (length, hash, format, part, 0)
    }

    /// - Parameter files: where files are read.
    /// - Returns: nil unless the file's bytes have the hash of the origin.
    fileprivate init?(_ path: String, _ origin: PictureOrigin, files: CPUExecutor) async throws {
        guard let status = try? FileStatus(path: path), status.kind == .file,
            status.stamp.size <= FileContent.maximumBytes
        else { return nil }
        try await self.init(Int(status.stamp.size), origin.hash) { range in
            try await files.run {
                guard let part = try? FileReader.part(of: path, range), part.stamp == status.stamp else {
                    throw StoreError.originalGone(origin.id)
                }
                return part.bytes
            }
        }
    }

    /// - Returns: nil unless the store has an object whose bytes have the hash of the origin.
    fileprivate init?(_ objects: any ObjectStore, _ origin: PictureOrigin) async throws {
        guard let length = try await objects.length(of: origin.hash) else { return nil }
        try await self.init(length, origin.hash) { range in
            guard let bytes = try await objects.get(origin.hash, range) else {
                throw StoreError.originalGone(origin.id)
            }
            return bytes
        }
    }
}

extension Store {
    /// Opens the bytes that a picture was added with, for reading in parts: from one of its files that still has them,
    /// else from the object store. A tile is cut again from its file, and is a JPEG.
    /// - Throws: what ``original(of:)`` throws.
    package func openOriginal(of id: ImageID) async throws -> OriginalReader {
        let origin = try await origin(of: id)
        if origin.tile != nil { return OriginalReader(try await original(of: origin)) }
        return try await queries.run {
            for path in origin.sources.compactMap({ $0.path(on: self.machine) }) {
                do {
                    if let reader = try await OriginalReader(path, origin, files: self.originals) { return reader }
                } catch StoreError.originalGone {
                    // It changed while it was hashed: another source may be as it was.
                    continue
                }
            }
            if let objects = self.objects, let reader = try await OriginalReader(objects, origin) { return reader }
            throw StoreError.originalGone(id)
        }
    }
}
