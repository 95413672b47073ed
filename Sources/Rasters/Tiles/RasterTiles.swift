/// The tiles of some rows of a plan, in order. The raster is read strip by strip, each block of the file once.
///
/// Belongs to one task; several may read the same raster.
public final class RasterTiles: Sequence, IteratorProtocol {
    private let raster: Raster
    private let plan: TilePlan
    private let rule: EmptinessRule
    private var remaining: Range<Int>

    init(_ raster: Raster, plan: TilePlan, rows: Range<Int>, emptiness rule: EmptinessRule) {
        self.raster = raster
        self.plan = plan
        self.rule = rule
        let rows = rows.clamped(to: 0..<plan.rows)
        remaining = rows.lowerBound * plan.columns..<rows.upperBound * plan.columns
    }

    /// The next tile; nil behind the last one.
    public func next() -> TileReading? {
        guard let index = remaining.first else { return nil }
        remaining = remaining.dropFirst()
        let window = plan.window(at: index)
        return TileReading(
            index: index,
            result: Result { () throws(RasterError) in try raster.window(window, emptiness: rule) })
    }
}
