import Catalog
public import SosiaCore

extension Store {
    /// The pixels of a tile, cut again from its file.
    /// - Throws: ``TileError`` when the file is gone, is not what it was, or cannot be read.
    public func pixels(of tile: Tile) throws -> PixelImage {
        guard let container = try engine.reading({ try engine.catalog.container(at: tile.source) }) else {
            throw TileError.missing(path: tile.source)
        }
        let pixels = try pieces.files.read(container) { source throws(TileError) in try source.pixels(of: tile.window) }
        guard let pixels else { throw TileError.changed(path: tile.source) }
        return pixels
    }

    /// The files that tiles were cut from, by path.
    public func tileContainers() throws -> [TileContainer] {
        try engine.reading { try engine.catalog.containers() }
    }

    /// Pictures that were cut from each of these files, by the file's number; a file without any is not among them.
    public func tileCounts() throws -> [Int64: Int] {
        try engine.reading { try engine.catalog.tileCounts() }
    }
}
