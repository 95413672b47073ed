internal import CGDAL
internal import SosiaCore

/// Rows of pixels of a raster, as wide as wanted, to which rows are added below and from which they are dropped above.
struct PixelStrip {
    /// Of the raster, likewise `width`.
    let x: Int
    let width: Int
    /// What is there.
    private(set) var rows: Range<Int>
    private var rgb: [UInt8] = []
    /// 1 for each pixel that shows nothing.
    private var empty: [UInt8] = []
    private let rule: PixelRule
    private let emptiness: TileOptions.EmptinessRule

    init(x: Int, width: Int, y: Int, _ rule: PixelRule, _ emptiness: TileOptions.EmptinessRule) {
        self.x = x
        self.width = width
        rows = y..<y
        self.rule = rule
        self.emptiness = emptiness
    }

    /// Forgets the rows above `y`; none is left when `y` lies below all of them.
    mutating func drop(above y: Int) {
        let kept = max(y, rows.lowerBound)..<max(y, rows.upperBound)
        let moved = (kept.lowerBound - rows.lowerBound) * width
        let count = kept.count * width
        if moved > 0, moved + count <= empty.count {
            rgb.withUnsafeMutableBufferPointer { Self.move($0, from: moved * 3, count: count * 3) }
            empty.withUnsafeMutableBufferPointer { Self.move($0, from: moved, count: count) }
        }
        rows = kept
    }

    private static func move(_ bytes: UnsafeMutableBufferPointer<UInt8>, from: Int, count: Int) {
        guard let base = bytes.baseAddress, count > 0 else { return }
        base.update(from: base + from, count: count)
    }

    /// Adds the rows up to `end`, which lies in the raster.
    /// - Throws: ``RasterError/corruptBlock(_:reason:)``; the strip is as it was then.
    mutating func extend(to end: Int, from handle: RasterHandle) throws(RasterError) {
        let area = PixelWindow(x: x, y: rows.upperBound, width: width, height: end - rows.upperBound)
        guard area.height > 0 else { return }
        let start = rows.count * width
        let needed = (end - rows.lowerBound) * width
        if empty.count < needed {
            empty += [UInt8](repeating: 0, count: needed - empty.count)
            rgb += [UInt8](repeating: 0, count: needed * 3 - rgb.count)
        }
        var error: RasterError?
        rgb.withUnsafeMutableBufferPointer { rgb in
            empty.withUnsafeMutableBufferPointer { empty in
                guard let rgb = rgb.baseAddress, let empty = empty.baseAddress else { return }
                error = handle.read(area, rule, emptiness, rgb: rgb + start * 3, empty: empty + start)
            }
        }
        if let error { throw error }
        rows = rows.lowerBound..<end
    }

    /// Copies a window that lies in the strip.
    func cut(_ window: PixelWindow) throws(RasterError) -> RasterWindow {
        let area = window.width * window.height
        let start = (window.y - rows.lowerBound) * width
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: area * 3) { out, written in
            rgb.withUnsafeBufferPointer { rgb in
                empty.withUnsafeBufferPointer { empty in
                    guard let rgb = rgb.baseAddress, let empty = empty.baseAddress else { return }
                    count = sosia_pixels_cut(
                        rgb + start * 3, empty + start, width, window.x - x, window.width, window.height,
                        out.baseAddress)
                    written = area * 3
                }
            }
        }
        guard let pixels = PixelImage(width: window.width, height: window.height, bytes: bytes) else {
            throw .outOfMemory
        }
        return RasterWindow(window: window, pixels: pixels, emptyShare: Double(count) / Double(area))
    }
}
