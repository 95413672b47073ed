import Catalog
import Images
public import SosiaCore

/// A raster as it is listed.
public struct ListedRaster: Sendable, Hashable {
    public let raster: TileContainer
    /// Pictures that were cut from it.
    public let tiles: Int
    /// What became of its file.
    public let state: ContainerState
}

extension Store {
    /// The rasters that tiles were cut from, a page at a time, and what became of their files.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: rasters of a page.
    /// - Throws: ``StoreError``
    public func rasters(
        after id: Int64? = nil, limit: Int
    ) async throws -> [ListedRaster] {
        try await pieces.executor.run {
            let catalog = self.engine.catalog
            return try self.engine.reading { try catalog.containers(.raster, after: id, limit: limit) }.map { raster in
                let tiles = try self.engine.reading { try catalog.tileCount(of: raster.id) }
                return ListedRaster(raster: raster, tiles: tiles, state: raster.checkFiles())
            }
        }
    }

    /// - Throws: ``RasterPlaceError/unknownRaster(_:)``
    public func raster(_ id: Int64) throws -> TileContainer {
        let found = try engine.reading { try engine.catalog.container(id) }
        guard let found, found.kind == .raster else { throw RasterPlaceError.unknownRaster(id) }
        return found
    }

    /// The numbers of rasters, by path; paths at which the collection knows none are left out.
    public func rasterNumbers(of paths: Set<String>) throws -> [String: Int64] {
        try engine.reading { try engine.catalog.rasterNumbers(of: paths) }
    }

    /// A place of a raster, in its own proportions.
    /// - Parameter maximumSide: pixels of the longer side; a smaller place is given as it is.
    /// - Returns: a JPEG.
    /// - Throws: ``RasterPlaceError``; ``TileError`` when the file is gone, is not what it was, or cannot be read.
    public func picture(of place: RasterPlace, maximumSide: Int) async throws -> [UInt8] {
        let raster = try raster(place.raster)
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
    public func piece(of raster: TileContainer, level: Int, x: Int, y: Int) async throws -> [UInt8] {
        try await pieces.piece(of: raster, level: level, x: x, y: y)
    }

    /// The pixels of a place, one for each.
    func pixels(of place: RasterPlace) throws -> PixelImage {
        let raster = try raster(place.raster)
        let window = try place.window(in: raster.facts)
        return try pieces.files.scaled(raster, window, width: window.width, height: window.height)
    }
}
