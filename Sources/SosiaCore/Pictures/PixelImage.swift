/// Upright 8-bit sRGB pixels, row by row from the top, three bytes per pixel, no padding.
public struct PixelImage: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `width * height * 3` bytes: R, G, B.
    public let bytes: [UInt8]

    /// - Returns: nil unless both sides are positive and `bytes` holds exactly `width * height * 3` values.
    public init?(width: Int, height: Int, bytes: [UInt8]) {
        guard width > 0, height > 0 else { return nil }
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, area <= Int.max / 3, bytes.count == area * 3 else { return nil }
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}

/// A region of a query picture: a rectangle in pixels from the upper left corner of the upright picture.
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

    /// The part inside a picture of the given size.
    /// - Returns: nil if there is none.
    public func clipped(width pictureWidth: Int, height pictureHeight: Int) -> PixelRegion? {
        guard width > 0, height > 0 else { return nil }
        let left = max(x, 0)
        let top = max(y, 0)
        // Sums of untrusted numbers saturate instead of overflowing.
        let right = min(x.addingReportingOverflow(width).overflow ? Int.max : x + width, pictureWidth)
        let bottom = min(y.addingReportingOverflow(height).overflow ? Int.max : y + height, pictureHeight)
        guard left < right, top < bottom else { return nil }
        return PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
    }
}
