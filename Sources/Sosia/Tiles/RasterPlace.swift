public import SosiaCore

/// A part of a raster of a collection that is asked with, whether there is a tile of it or not.
public enum RasterPlace: Sendable, Hashable {
    /// Pixels a side of the smallest and of the largest part.
    public static let minimumSide = 1
    public static let maximumSide = 4_096
    /// Of all places that are asked with at once: eight of the largest.
    public static let maximumPixels = 8 * maximumSide * maximumSide

    /// - Parameter raster: see `TileContainer.id`.
    case window(PixelWindow, raster: Int64)
    /// What a tile would show whose middle this pixel is; at the edges the nearest that lies in the raster.
    case point(x: Int, y: Int, raster: Int64)

    /// See `TileContainer.id`.
    public var raster: Int64 {
        switch self {
        case .window(_, let raster), .point(_, _, let raster): raster
        }
    }

    /// The pixels that are meant.
    /// - Throws: ``RasterPlaceError/outside(_:width:height:)``, ``RasterPlaceError/tooLarge(_:maximumSide:)``
    public func window(in facts: TileContainer.Facts) throws(RasterPlaceError) -> PixelWindow {
        let (width, height) = (facts.width, facts.height)
        switch self {
        case .window(let window, _):
            // Each is compared by itself, so that no sum can overflow.
            guard (0..<width).contains(window.x), (0..<height).contains(window.y),
                (Self.minimumSide...width - window.x).contains(window.width),
                (Self.minimumSide...height - window.y).contains(window.height)
            else { throw .outside(window, width: width, height: height) }
            guard max(window.width, window.height) <= Self.maximumSide else {
                throw .tooLarge(window, maximumSide: Self.maximumSide)
            }
            return window
        case .point(let x, let y, _):
            guard (0..<width).contains(x), (0..<height).contains(y) else {
                throw .outside(PixelWindow(x: x, y: y, width: 1, height: 1), width: width, height: height)
            }
            let side = (width: min(facts.tiling.tile, width), height: min(facts.tiling.tile, height))
            return PixelWindow(
                x: min(max(x - side.width / 2, 0), width - side.width),
                y: min(max(y - side.height / 2, 0), height - side.height), width: side.width, height: side.height)
        }
    }
}

/// Why a place of a raster cannot be looked at.
public enum RasterPlaceError: Error, Hashable, Sendable {
    /// The collection has no raster of this number.
    case unknownRaster(Int64)
    /// Pixels that the raster, which has `width` x `height` of them, does not have.
    case outside(PixelWindow, width: Int, height: Int)
    case tooLarge(PixelWindow, maximumSide: Int)
    /// All places of a request together.
    case tooManyPixels(got: Int, maximum: Int)
    /// No piece of the raster's pyramid.
    case noPiece(level: Int, x: Int, y: Int, lastLevel: Int)
}

extension RasterPlaceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownRaster(let id): "there is no raster \(id)"
        case .outside(let window, let width, let height):
            "\(window.width) x \(window.height) pixels at \(window.x),\(window.y) are not in the raster's "
                + "\(width) x \(height)"
        case .tooLarge(let window, let maximumSide):
            "\(window.width) x \(window.height) pixels, expected at most \(maximumSide) a side"
        case .tooManyPixels(let got, let maximum):
            "the places have \(got) pixels together, at most \(maximum) are taken; ask with smaller ones, or with fewer at "
                + "once"
        case .noPiece(let level, let x, let y, let lastLevel):
            "there is no piece \(x),\(y) at level \(level); levels are 0 to \(lastLevel)"
        }
    }
}
