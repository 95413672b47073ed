/// Where a picture was cut from a larger one.
public struct Tile: Sendable, Hashable, Codable {
    /// The larger picture: the absolute path of its file.
    public let source: String
    public let window: PixelWindow
    /// Its four corners, from the upper left one clockwise; nil when nobody knows where on earth the larger picture lies.
    public let outline: GeoPolygon?
    /// What the larger picture is.
    public let kind: TileContainer.Kind

    public init(source: String, window: PixelWindow, outline: GeoPolygon?, kind: TileContainer.Kind = .raster) {
        self.source = source
        self.window = window
        self.outline = outline
        self.kind = kind
    }

    /// The record's number in its file, from 0; nil where the file is one large image.
    public var position: Int? { kind == .tiny && window.height > 0 ? window.y / window.height : nil }
}

extension Tile: CustomStringConvertible {
    /// `/maps/town.tif#256,128,256,256`: the file and x, y, width and height of the window; of a file of records
    /// `/data/tiny.bin#4096`: the file and the position.
    public var description: String { position.map { "\(source)#\($0)" } ?? "\(source)#\(window)" }
}
