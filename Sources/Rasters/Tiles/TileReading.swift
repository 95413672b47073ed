/// What became of one tile of a plan.
public struct TileReading: Sendable {
    /// In the plan.
    public let index: Int
    /// The pixels, or why there are none. A failure is the tile's own, the next may be whole, save for
    /// ``RasterError/changed(path:)`` and ``RasterError/vanished(path:)``.
    public let result: Result<RasterWindow, RasterError>
}
