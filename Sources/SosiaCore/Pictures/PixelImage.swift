/// Upright 8-bit sRGB pixels, row by row from the top, three bytes a pixel, no padding.
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
