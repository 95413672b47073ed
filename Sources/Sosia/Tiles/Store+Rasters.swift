import Images
public import SosiaCore
import Workers

/// A raster as it is listed.
package struct ListedRaster: Sendable, Hashable {
    package let raster: TileContainer
    /// Pictures that were cut from it.
    package let tiles: Int
    /// What became of its file.
    package let state: TileContainer.State
}

extension Store {
    /// The rasters that tiles were cut from, a page at a time, and what became of their files.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: rasters of a page.
    /// - Throws: ``StoreError``
    package func rasters(
        after id: Int64? = nil, limit: Int
    ) async throws -> [ListedRaster] {
        let page = try await engine.containers(.raster, after: id, limit: limit)
        return try await pieces.executor.run { [machine] in
            page.map { ListedRaster(raster: $0.container, tiles: $0.tiles, state: $0.container.state(on: machine)) }
        }
    }

    /// What became of a raster's file.
    package func state(of raster: TileContainer) async throws -> TileContainer.State {
        try await pieces.executor.run { [machine] in raster.state(on: machine) }
    }

    /// - Throws: ``RasterPlaceError/unknownRaster(_:)``; ``StoreError``
    package func raster(_ id: Int64) async throws -> TileContainer {
        guard let found = try await engine.container(id), found.kind == .raster else {
            throw RasterPlaceError.unknownRaster(id)
        }
        return found
    }

    /// A place of a raster, in its own proportions.
    /// - Parameter maximumSide: pixels of the longer side; a smaller place is given as it is.
    /// - Returns: a JPEG.
    /// - Throws: ``RasterPlaceError``; ``TileError`` when the file is gone, is not what it was, or cannot be read.
    public func picture(of place: RasterPlace, maximumSide: Int) async throws -> [UInt8] {
        let raster = try await raster(place.raster)
        let window = try place.window(in: raster.facts)
        return try await pieces.executor.run {
            let share = min(Double(max(maximumSide, 1)) / Double(max(window.width, window.height)), 1)
            func scaled(_ side: Int) -> Int { max(Int((Double(side) * share).rounded()), 1) }
            return try ImageEncoder.jpeg(
                self.pieces.files.scaled(raster, window, width: scaled(window.width), height: scaled(window.height)))
        }
    }

    /// A piece of a raster's pyramid: see ``RasterPyramid``.
    /// - Returns: a JPEG of 256 x 256 pixels, fewer at the right and at the bottom.
    /// - Throws: ``RasterPlaceError/noPiece(level:x:y:lastLevel:)``; ``TileError`` when the file is gone, is not what it
    ///   was, or cannot be read; `CancellationError`.
    package func piece(of raster: TileContainer, level: Int, x: Int, y: Int) async throws -> [UInt8] {
        try await pieces.piece(of: raster, level: level, x: x, y: y)
    }

    /// The pixels of a tile, cut again from its file.
    /// - Throws: ``TileError`` when the file is gone, is not what it was, or lies on another machine.
    public func pixels(of tile: Tile) async throws -> PixelImage {
        try await queries.run { try await self.cut(tile) }
    }

    /// The same on the caller's own thread, once the ledger has answered.
    func cut(_ tile: Tile) async throws -> PixelImage {
        guard let container = try await engine.container(tile.container) else {
            throw TileError.missing(path: tile.source)
        }
        let pixels = try pieces.files.read(container) { source throws(TileError) in try source.pixels(of: tile.window) }
        guard let pixels else { throw TileError.changed(path: tile.source) }
        return pixels
    }

    /// The pixels of a place, one for each, cut on the caller's own thread.
    func cut(_ place: RasterPlace) async throws -> PixelImage {
        let raster = try await raster(place.raster)
        let window = try place.window(in: raster.facts)
        return try pieces.files.scaled(raster, window, width: window.width, height: window.height)
    }
}
