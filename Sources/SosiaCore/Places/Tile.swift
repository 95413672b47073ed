/// Where a picture was cut from a larger one.
public struct Tile: Sendable, Hashable, Codable {
    /// The larger picture: the absolute path of its file.
    public let source: String
    public let window: PixelWindow
    /// Its four corners, from the upper left one clockwise; nil when nobody knows where on earth the larger picture lies.
    public let outline: GeoPolygon?

    public init(source: String, window: PixelWindow, outline: GeoPolygon?) {
        self.source = source
        self.window = window
        self.outline = outline
    }
}

extension Tile: CustomStringConvertible {
    /// `/maps/town.tif#256,128,256,256`: the file and x, y, width and height of the window.
    public var description: String { "\(source)#\(window)" }
}
