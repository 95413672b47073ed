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
