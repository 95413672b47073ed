/// A rectangle of the upright picture, pixels from its upper left corner.
public struct PixelRegion: Sendable, Hashable, Codable {
    public let x: Int
    public let y: Int
    public let width: Int
    public let height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The part that lies in a picture of this size.
    /// - Returns: nil when there is none.
    public func clipped(width pictureWidth: Int, height pictureHeight: Int) -> PixelRegion? {
        guard width > 0, height > 0 else { return nil }
        let left = max(x, 0)
        let top = max(y, 0)
        // Sums of numbers from outside stop at the largest one instead of overflowing.
        let right = min(x.addingReportingOverflow(width).overflow ? Int.max : x + width, pictureWidth)
        let bottom = min(y.addingReportingOverflow(height).overflow ? Int.max : y + height, pictureHeight)
        guard left < right, top < bottom else { return nil }
        return PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
    }
}
