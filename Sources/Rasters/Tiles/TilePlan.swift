public import SosiaCore

/// The whole windows of a raster, row by row from the upper left corner. What remains at the right and at the bottom is
/// in no window.
public struct TilePlan: Sendable, Hashable {
    /// Pixels a side.
    public let tile: Int
    /// Pixels from one tile to the next.
    public let stride: Int
    public let columns: Int
    public let rows: Int

    public var count: Int { columns * rows }
    /// Pixels across that are in some window or between two.
    public var width: Int { (columns - 1) * stride + tile }
    /// Pixels down that are in some window or between two.
    public var height: Int { (rows - 1) * stride + tile }

    /// - Parameters:
    ///   - width: Pixels of the raster, likewise `height`.
    ///   - tile: Pixels a side.
    ///   - stride: Pixels from one tile to the next; more than `tile` leaves gaps.
    /// - Throws: ``RasterError/invalidTile(got:minimum:maximum:)``, ``RasterError/invalidStride(got:minimum:maximum:)``,
    ///   ``RasterError/tooSmall(width:height:tile:)``
    public init(width: Int, height: Int, tile: Int, stride: Int) throws(RasterError) {
        try TileOptions.check(tile: tile, stride: stride)
        guard width >= tile, height >= tile else { throw .tooSmall(width: width, height: height, tile: tile) }
        self.tile = tile
        self.stride = stride
        columns = (width - tile) / stride + 1
        rows = (height - tile) / stride + 1
    }

    /// The tiles of a raster.
    /// - Throws: ``RasterError/tooSmall(width:height:tile:)``
    public init(_ facts: RasterFacts, _ options: TileOptions) throws(RasterError) {
        try self.init(width: facts.width, height: facts.height, tile: options.tile, stride: options.stride)
    }

    /// - Parameter index: 0 ..< `count`.
    public func window(at index: Int) -> PixelWindow {
        PixelWindow(x: index % columns * stride, y: index / columns * stride, width: tile, height: tile)
    }
}

extension TilePlan: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(index: Int) -> PixelWindow { window(at: index) }
}
