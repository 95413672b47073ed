import FileSystem
import Foundation
import Images
public import SosiaCore
import Workers

extension Store {
    /// Pictures that are much taller than wide are kept to so many times the width.
    private static let maximumRatio = 4

    /// A small JPEG of a picture, upright.
    ///
    /// It is kept in the collection's `thumbnails/`, which may be deleted at any moment.
    /// - Parameter width: pixels; the next of ``ThumbnailWidth/all`` is taken, the picture's own where that is smaller.
    /// - Throws: ``StoreError/invalidWidth(got:minimum:maximum:)``; what ``original(of:)`` throws; `DecodeError`.
    public func thumbnail(of id: ImageID, width: Int = ThumbnailWidth.standard) async throws -> [UInt8] {
        let width = try ThumbnailWidth.at(least: width)
        let file = ThumbnailFile(layout: engine.layout, hash: try place(of: id).hash, width: width)
        if let kept = file.read() { return kept }
        let record = try await record(id)
        let original = record.tile == nil ? try await original(of: id) : nil
        return try await engine.searches.run {
            let ratio = Double(record.facts.height) / Double(max(record.facts.width, 1))
            let longer = Int((Double(width) * min(max(ratio, 1), Double(Self.maximumRatio))).rounded(.up))
            let pixels =
                if let tile = record.tile {
                    try self.decoder.resized(self.pixels(of: tile), maxSide: longer)
                } else {
                    try self.decoder.decode(original?.bytes ?? [], maxSide: longer).pixels
                }
            let thumbnail = try ImageEncoder.jpeg(pixels)
            file.write(thumbnail)
            return thumbnail
        }
    }
}

/// One file of the cache of thumbnails, named after the bytes that it shows: a changed picture gets another one.
struct ThumbnailFile: Sendable {
    private let folder: String
    private let path: String

    init(layout: StoreLayout, hash: ContentHash, width: Int) {
        let name = hash.description
        folder = layout.thumbnails + "/" + name.prefix(2)
        path = "\(folder)/\(name)-\(width).jpg"
    }

    /// - Returns: nil unless the file is there and begins and ends as a JPEG does (ITU-T T.81, B.1.1.3).
    func read() -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.starts(with: [0xff, 0xd8]),
            data.suffix(2).elementsEqual([0xff, 0xd9])
        else { return nil }
        return [UInt8](data)
    }

    /// A cache that cannot be written, as on read-only media, is done without.
    func write(_ bytes: [UInt8]) {
        guard (try? Folder.create(folder)) != nil else { return }
        try? DurableFile.write(bytes.span.bytes, to: path, isSynced: false)
    }

    func remove() {
        unlink(path)
    }
}
