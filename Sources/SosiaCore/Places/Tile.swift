/// Where a picture was cut from a larger one.
public struct Tile: Sendable, Hashable, Codable {
    public let window: PixelWindow
    /// Its four corners, from the upper left one clockwise; nil when nobody knows where on earth the larger picture lies.
    public let outline: GeoPolygon?

    public init(window: PixelWindow, outline: GeoPolygon?) {
        self.window = window
        self.outline = outline
    }
}
