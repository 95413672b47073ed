/// Where a tile is said to have been seen: `tile:`, the number of its container in the collection, and its window. It
/// names no file.
public struct TileLocation: Sendable, Hashable, CustomStringConvertible {
    public static let scheme = "tile:"

    /// See ``TileContainer/id``.
    public let container: Int64
    public let window: PixelWindow

    public init(container: Int64, window: PixelWindow) {
        self.container = container
        self.window = window
    }

    /// `tile:3/256,128,256,256`
    public var description: String { "\(Self.scheme)\(container)/\(window)" }
}
