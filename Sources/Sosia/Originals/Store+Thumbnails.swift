import FileSystem
import Foundation
import Images
public import SosiaCore
import Workers

/// The widths that thumbnails have, so that the cache of them stays small whatever is asked for.
package enum ThumbnailWidth {
    package static let all = [64, 128, 256, 512, 1_024]
    package static let minimum = 1
    package static let standard = 256
    package static let maximum = 1_024

    /// The smallest that is at least so wide.
    /// - Throws: `StoreError.invalidWidth`
    static func at(least width: Int) throws(StoreError) -> Int {
        guard width >= minimum, let next = all.first(where: { $0 >= width }) else {
            throw .invalidWidth(got: width, minimum: minimum, maximum: maximum)
        }
        return next
    }
}

extension Store {
    /// Pictures that are much taller than wide are kept to so many times the width.
    private static let maximumRatio = 4

    /// A small JPEG of a picture, upright.
    ///
    /// It is kept in the collection's folder of thumbnails, which may be deleted at any moment.
    /// - Parameter width: pixels, 1 to 1,024; the next of 64, 128, 256, 512 and 1,024 is taken, 256 when nil, and the
    ///   picture's own where that is smaller.
    /// - Throws: `StoreError.invalidWidth`; what ``original(of:)`` throws; `DecodeError`.
    public func thumbnail(of id: ImageID, width: Int? = nil) async throws -> [UInt8] {
        let width = try ThumbnailWidth.at(least: width ?? ThumbnailWidth.standard)
        let origin = try await origin(of: id)
        if let thumbnails, let kept = try await queries.run({ thumbnails.read(origin.hash, width: width) }) {
            return kept
        }
        let facts = try await record(id).facts
        let original = origin.tile == nil ? try await original(of: origin) : nil
        return try await queries.run {
            let ratio = Double(facts.height) / Double(max(facts.width, 1))
            let longer = Int((Double(width) * min(max(ratio, 1), Double(Self.maximumRatio))).rounded(.up))
            let pixels =
                if let tile = origin.tile {
                    try self.decoder.resized(try await self.cut(tile), maxSide: longer)
                } else {
                    try self.decoder.decode(original?.bytes ?? [], maxSide: longer).pixels
                }
            let thumbnail = try ImageEncoder.jpeg(pixels)
            self.thumbnails?.write(thumbnail, of: origin.hash, width: width)
            return thumbnail
        }
    }
}

/// A picture as a search sees it.
package struct PicturePreview: Sendable {
    /// Upright, its longer side at most ``ThumbnailWidth/maximum``.
    package let jpeg: [UInt8]
    /// Of the whole picture.
    package let facts: PictureFacts
}

extension Store {
    /// Shows a picture that need not be in the collection; nothing is kept.
    /// - Throws: `DecodeError`
    package func preview(of bytes: [UInt8]) async throws -> PicturePreview {
        try await queries.run {
            let decoded = try self.decoder.decode(bytes, maxSide: ThumbnailWidth.maximum)
            return PicturePreview(jpeg: try ImageEncoder.jpeg(decoded.pixels), facts: decoded.facts)
        }
    }
}

/// The cache of thumbnails: files named after the bytes that they show, so that a changed picture gets another one.
struct ThumbnailFolder: Sendable {
    let path: String

    private func folder(_ hash: ContentHash) -> String { path + "/" + hash.description.prefix(2) }

    private func file(_ hash: ContentHash, _ width: Int) -> String { "\(folder(hash))/\(hash)-\(width).jpg" }

    /// - Returns: nil unless the file is there and begins and ends as a JPEG does (ITU-T T.81, B.1.1.3).
    func read(_ hash: ContentHash, width: Int) -> [UInt8]? {
        guard let bytes = try? FileReader.bytes(of: file(hash, width)), bytes.starts(with: [0xff, 0xd8]),
            bytes.suffix(2).elementsEqual([0xff, 0xd9])
        else { return nil }
        return bytes
    }

    /// A cache that cannot be written, as on read-only media, is done without.
    func write(_ bytes: [UInt8], of hash: ContentHash, width: Int) {
        guard (try? Folder.create(folder(hash), isSynced: false)) != nil else { return }
        try? DurableFile.write(bytes.span.bytes, to: file(hash, width), isSynced: false)
    }

    /// In all widths.
    func remove(_ hash: ContentHash) {
        for width in ThumbnailWidth.all { unlink(file(hash, width)) }
    }
}
