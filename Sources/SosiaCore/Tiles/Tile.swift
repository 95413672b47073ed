/// A window of a larger picture: a rectangle of whole pixels; x goes right and y down from the upper left corner.
public struct PixelWindow: Sendable, Hashable, Codable {
    public let x: Int
    public let y: Int
    /// Pixels.
    public let width: Int
    /// Pixels.
    public let height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Whether two windows share a pixel.
    public func overlaps(_ other: PixelWindow) -> Bool {
        x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
}

extension PixelWindow: CustomStringConvertible {
    /// `x,y,width,height`
    public var description: String { "\(x),\(y),\(width),\(height)" }
}

/// Where a picture was cut from a larger one.
public struct Tile: Sendable, Hashable {
    /// The number of the larger picture, ``TileContainer/id``.
    public let container: Int64
    /// The absolute path of its file.
    public var source: String
    /// The machine that has the file.
    public var machine: MachineName
    public let window: PixelWindow
    /// Its edge, clockwise from the upper left corner: straight lines in longitude and latitude, within a tenth of a
    /// pixel. Nil if a part of it has no place on earth, or if nobody knows.
    public let outline: GeoPolygon?
    /// The kind of the larger picture.
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

    /// The number of the record in its file, from 0; nil if the file is one large image.
    public var position: Int? { kind == .tiny && window.height > 0 ? window.y / window.height : nil }

    /// The file and the window's x, y, width and height, `/maps/town.tif#256,128,256,256`; for a file of records the file
    /// and the record's number, `/data/tiny.bin#4096`.
    /// - Parameter machine: the machine whose files are named by path alone.
    public func name(on machine: MachineName) -> String {
        let file = SourceLocation.file(path: source, machine: self.machine).text(on: machine)
        return position.map { "\(file)#\($0)" } ?? "\(file)#\(window)"
    }

    /// The tile as the location of a source.
    public var location: SourceLocation { .tile(TileLocation(container: container, window: window)) }
}

/// The location of a tile: the number of its container in the collection, and its window. It does not name a file.
public struct TileLocation: Sendable, Hashable {
    public static let scheme = "tile:"

    /// ``TileContainer/id``
    public let container: Int64
    public let window: PixelWindow

    public init(container: Int64, window: PixelWindow) {
        self.container = container
        self.window = window
    }
}

extension TileLocation: LosslessStringConvertible {
    /// `tile:3/256,128,256,256`
    public var description: String { "\(Self.scheme)\(container)/\(window)" }

    /// - Returns: nil for anything but the ``description`` of a location.
    public init?(_ description: String) {
        guard description.hasPrefix(Self.scheme) else { return nil }
        let parts = description.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let container = Int64(parts[0]) else { return nil }
        let sides = parts[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard sides.count == 4 else { return nil }
        let window = PixelWindow(x: sides[0], y: sides[1], width: sides[2], height: sides[3])
        self.init(container: container, window: window)
    }
}
