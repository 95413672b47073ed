/// A rectangle of whole pixels of a larger picture; x goes right and y down from the upper left corner.
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

    /// Whether the two have a pixel in common.
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

/// Where a tile is said to have been seen: the number of its container in the collection, and its window. It names no
/// file.
public struct TileLocation: Sendable, Hashable {
    public static let scheme = "tile:"

    /// See ``TileContainer/id``.
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

    /// - Returns: nil for a text that no location gives.
    public init?(_ description: String) {
        guard description.hasPrefix(Self.scheme) else { return nil }
        let parts = description.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let container = Int64(parts[0]) else { return nil }
        let sides = parts[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard sides.count == 4 else { return nil }
        self.init(container: container, window: PixelWindow(x: sides[0], y: sides[1], width: sides[2], height: sides[3]))
    }
}
