package import SosiaCore

/// A raster as a map draws it: at level 0 the whole of it in one piece, at each further level twice as large, at the last
/// one pixel for each of the raster. Pieces are squares; at the right and at the bottom they are as small as what is left.
package struct RasterPyramid: Sendable, Hashable {
    /// Pixels a side of a piece.
    package static let side = 256

    /// One piece of a level.
    package struct Piece: Sendable, Hashable {
        /// What it shows, in pixels of the raster.
        package let window: PixelWindow
        /// Pixels, 1...``RasterPyramid/side``.
        package let width: Int
        /// Pixels, 1...``RasterPyramid/side``.
        package let height: Int
    }

    /// Pixels of the raster, likewise `height`.
    package let width: Int
    package let height: Int
    /// The level at which nothing is scaled.
    package let lastLevel: Int

    /// - Returns: nil for a raster without pixels.
    package init?(width: Int, height: Int) {
        guard width > 0, height > 0 else { return nil }
        self.width = width
        self.height = height
        var level = 0
        while Self.pixels(max(width, height), at: level) > Self.side { level += 1 }
        lastLevel = level
    }

    /// Pieces across and down; nil for a level that there is not.
    package func pieces(at level: Int) -> (columns: Int, rows: Int)? {
        guard (0...lastLevel).contains(level) else { return nil }
        let (wide, high) = size(at: level)
        return ((wide + Self.side - 1) / Self.side, (high + Self.side - 1) / Self.side)
    }

    /// - Returns: nil for a piece that there is not.
    package func piece(level: Int, x: Int, y: Int) -> Piece? {
        guard let (columns, rows) = pieces(at: level), (0..<columns).contains(x), (0..<rows).contains(y) else {
            return nil
        }
        let (wide, high) = size(at: level)
        let halvings = lastLevel - level
        func span(_ position: Int, _ pixels: Int, of all: Int) -> (start: Int, length: Int, scaled: Int) {
            let scaled = min(Self.side, pixels - position * Self.side)
            let start = position * Self.side << halvings
            return (start, min(scaled << halvings, all - start), scaled)
        }
        let (across, down) = (span(x, wide, of: width), span(y, high, of: height))
        return Piece(
            window: PixelWindow(x: across.start, y: down.start, width: across.length, height: down.length),
            width: across.scaled, height: down.scaled)
    }

    /// Pixels of a level.
    /// - Parameter level: 0 ... `lastLevel`.
    package func size(at level: Int) -> (width: Int, height: Int) {
        let halvings = lastLevel - level
        return (Self.pixels(width, at: halvings), Self.pixels(height, at: halvings))
    }

    /// So many are left after some halvings; a part of a pixel counts.
    private static func pixels(_ count: Int, at halvings: Int) -> Int { ((count - 1) >> halvings) + 1 }
}
