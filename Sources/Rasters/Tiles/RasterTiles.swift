internal import SosiaCore

/// The tiles of some rows of a plan, in order. The raster is read strip by strip, so every block of the file is decoded
/// once.
///
/// Belongs to one task; several may read the same raster.
public final class RasterTiles: Sequence, IteratorProtocol {
    /// Bytes that a strip takes at most; wider rasters are read tile by tile.
    private static let stripBytes = 256 << 20

    private let raster: Raster
    private let plan: TilePlan
    private let rule: TileOptions.EmptinessRule
    private var remaining: Range<Int>
    private var strip: PixelStrip
    /// Why the row that is being read has no strip.
    private var failure: RasterError?
    /// Behind the last row of pixels that is needed.
    private let end: Int

    init(_ raster: Raster, plan: TilePlan, rows: Range<Int>, emptiness rule: TileOptions.EmptinessRule) {
        self.raster = raster
        self.plan = plan
        self.rule = rule
        let rows = rows.clamped(to: 0..<plan.rows)
        remaining = rows.lowerBound * plan.columns..<rows.upperBound * plan.columns
        end = rows.isEmpty ? 0 : (rows.upperBound - 1) * plan.stride + plan.tile
        strip = PixelStrip(x: 0, width: plan.width, y: rows.lowerBound * plan.stride, raster.rule, rule)
    }

    /// The next tile; nil behind the last one.
    public func next() -> TileReading? {
        guard let index = remaining.first else { return nil }
        let window = plan.window(at: index)
        if window.x == 0 { failure = prepare(window.y..<window.y + plan.tile) }
        remaining = remaining.dropFirst()
        return TileReading(index: index, result: Result { () throws(RasterError) in try read(window) })
    }

    /// Formats that are decoded from the top on: what is broken once is broken to the end.
    private var isSequential: Bool { ["JPEG", "PNG"].contains(raster.facts.driver) }

    private func read(_ window: PixelWindow) throws(RasterError) -> RasterWindow {
        switch failure {
        case nil: return try strip.cut(window)
        // Blocks as wide as the raster take all tiles of the row along.
        case .corruptBlock(_, let reason) where raster.rule.blockWidth >= raster.facts.width:
            throw .corruptBlock(window, reason: reason)
        case .corruptBlock, .outputOutOfRange: return try raster.window(window, emptiness: rule)
        case .some(let error): throw error
        }
    }

    private func prepare(_ rows: Range<Int>) -> RasterError? {
        guard plan.width <= raster.facts.width, end <= raster.facts.height else {
            let window = PixelWindow(x: 0, y: rows.lowerBound, width: plan.width, height: rows.count)
            return .windowOutside(window, width: raster.facts.width, height: raster.facts.height)
        }
        let rowBytes = plan.width * 4
        guard rows.count <= Self.stripBytes / rowBytes else {
            return .outputOutOfRange(width: plan.width, height: rows.count, maximumSide: Raster.maximumSide)
        }
        strip.drop(above: rows.lowerBound)
        // Whole blocks, so that none is decoded for half of its rows and again for the other half.
        let block = raster.rule.blockHeight
        let whole = Swift.min((rows.upperBound + block - 1) / block * block, end)
        let isLarge = (whole - rows.lowerBound) > Self.stripBytes / rowBytes
        do throws(RasterError) {
            try raster.file.check()
            if let failure, isSequential { throw failure }
            if !isLarge, whole > rows.upperBound, (try? extend(to: whole)) != nil { return nil }
            try extend(to: rows.upperBound)
            return nil
        } catch {
            return error
        }
    }

    private func extend(to row: Int) throws(RasterError) {
        guard row > strip.rows.upperBound else { return }
        try raster.handles.withHandle { handle throws(RasterError) in try strip.extend(to: row, from: handle) }
    }
}

/// The outcome of reading one tile of a plan.
public struct TileReading: Sendable {
    /// In the plan.
    public let index: Int
    /// The pixels, or why there are none. A failure is the tile's own, the next may be whole, save for
    /// ``RasterError/changed(path:)`` and ``RasterError/vanished(path:)``.
    public let result: Result<RasterWindow, RasterError>
}
