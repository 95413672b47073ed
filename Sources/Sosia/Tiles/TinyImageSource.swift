import FileSystem
import SosiaCore
import TinyImages

/// The records of a file of tiny images, as windows of a picture in which each stands below the one before it.
struct TinyImageSource: TileSource {
    static let tiling = TileContainer.Tiling(tile: TinyImage.side, stride: TinyImage.side)

    let kind = TileContainer.Kind.tiny
    let path: String
    let facts: TileContainer.Facts
    private let file: TinyImageFile
    /// By position.
    private let names: RecordNames?

    /// - Parameter isAdding: whether names are read.
    /// - Throws: ``TileError/unreadable(path:reason:)``, also for names that do not fit the file.
    init(opening path: String, isAdding: Bool) throws(TileError) {
        self.path = path
        do {
            file = try TinyImageFile(path)
            names = isAdding ? try RecordNames(of: file) : nil
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
        let rest = file.truncatedBytes
        facts = TileContainer.Facts(
            format: "tiny", width: TinyImage.side, height: TinyImage.side * file.count,
            bands: ["red", "green", "blue"],
            note: rest > 0 ? "the last \(rest) bytes are no whole tiny image and are left out" : nil,
            tiling: Self.tiling)
    }

    var count: Int { file.count }

    func window(at index: Int) -> PixelWindow {
        PixelWindow(x: 0, y: index * TinyImage.side, width: TinyImage.side, height: TinyImage.side)
    }

    func index(of window: PixelWindow) -> Int? {
        let index = window.y / TinyImage.side
        return index >= 0 && index < count && self.window(at: index) == window ? index : nil
    }

    func center(of window: PixelWindow) -> GeoPoint? { nil }

    func outline(of window: PixelWindow) -> GeoPolygon? { nil }

    func attributes(at index: Int) throws(TileError) -> Attributes {
        guard let names else { return [:] }
        do {
            return ["name": .string(try names.name(at: index))]
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
    }

    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage? {
        guard let index = index(of: window) else { throw .changed(path: path) }
        do {
            return try file.record(index).picture
        } catch FileError.outOfBounds {
            // It has become shorter while it was open.
            throw .changed(path: path)
        } catch {
            throw .damaged(path: path, window: window, reason: "\(error)")
        }
    }
}
