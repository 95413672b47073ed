public import SosiaCore

/// What was read of a raster.
public struct RasterWindow: Sendable, Equatable {
    public let window: PixelWindow
    /// One pixel for each of the window.
    public let pixels: PixelImage
    /// Share of pixels that show nothing, 0...1.
    public let emptyShare: Double
}
