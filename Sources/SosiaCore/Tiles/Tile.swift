/// Where a picture was cut from a larger one.
public struct Tile: Sendable, Hashable {
    /// The larger picture; see ``TileContainer/id``.
    public let container: Int64
    /// The absolute path of its file.
    public let source: String
    /// Whose file it is.
    public let machine: MachineName
    public let window: PixelWindow
    /// Its four corners, from the upper left one clockwise; nil when nobody knows where on earth the larger picture lies.
    public let outline: GeoPolygon?
    /// What the larger picture is.
    public let kind: TileContainer.Kind

    public init(
        container: Int64, source: String, machine: MachineName, window: PixelWindow, outline: GeoPolygon?,
        kind: TileContainer.Kind = .raster
    ) {
        self.container = container
        self.source = source
        self.machine = machine
        self.window = window
        self.outline = outline
        self.kind = kind
    }

    /// The record's number in its file, from 0; nil where the file is one large image.
    public var position: Int? { kind == .tiny && window.height > 0 ? window.y / window.height : nil }

    /// `/maps/town.tif#256,128,256,256`: the file and x, y, width and height of the window; of a file of records
    /// `/data/tiny.bin#4096`: the file and the position.
    /// - Parameter machine: whose files are named by their paths alone.
    public func name(on machine: MachineName) -> String {
        let file = SourceLocation.file(path: source, machine: self.machine).text(on: machine)
        return position.map { "\(file)#\($0)" } ?? "\(file)#\(window)"
    }

    /// Where it is said to have been seen.
    public var location: SourceLocation { .tile(TileLocation(container: container, window: window)) }
}
