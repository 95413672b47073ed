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
}
