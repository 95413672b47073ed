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
        let window = PixelWindow(x: sides[0], y: sides[1], width: sides[2], height: sides[3])
        self.init(container: container, window: window)
    }
}
