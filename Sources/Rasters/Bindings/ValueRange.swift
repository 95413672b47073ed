internal import CGDAL
internal import SosiaCore

/// What becomes 0 and 255 where samples are no bytes.
///
/// The used bits, where the file declares fewer than its type has. Else the 2nd and the 98th percentile of all shown
/// bands together, so that colours keep their hue: from the file's overviews, or from 64 small windows that are spread
/// evenly. Nothing of it is random, and it is found once a raster, so all its tiles are alike.
enum ValueRange {
    private static let lowShare = 0.02
    private static let highShare = 0.98
    private static let overviewSide = 256
    private static let windowsASide = 8
    private static let windowSide = 32

    /// - Returns: nil for bytes, palettes included.
    static func of(
        _ handle: RasterHandle, width: Int, height: Int, _ choice: BandChoice, _ headers: [BandHeader]
    ) -> ClosedRange<Double>? {
        let bands = choice.shown.map { headers[$0] }
        let isDeclared = bands.allSatisfy { $0.isInteger && !$0.isSigned && $0.band.bits < $0.typeBits }
        if isDeclared, let bits = bands.map(\.band.bits).max(), bits < 32 {
            return 0...Double(UInt64(1) << UInt64(bits) - 1)
        }
        guard !bands.allSatisfy(\.isBytes) else { return nil }
        let rule = PixelRule(choice, headers, palette: [], range: nil)
        var values: [Float] = []
        for (area, side) in windows(width: width, height: height, hasOverviews: bands[0].hasOverviews) {
            values += handle.values(area, width: side.width, height: side.height, rule)
        }
        guard !values.isEmpty else { return whole(bands[0]) }
        var (low, high): (Float, Float) = (0, 0)
        sosia_pixels_range(&values, values.count, lowShare, highShare, &low, &high)
        // One value only is gray.
        return low < high ? Double(low)...Double(high) : Double(low) - 1...Double(low) + 1
    }

    private static func windows(
        width: Int, height: Int, hasOverviews: Bool
    ) -> [(area: PixelWindow, side: (width: Int, height: Int))] {
        let isSmall = width <= overviewSide && height <= overviewSide
        if isSmall || hasOverviews {
            let side = (width: min(width, overviewSide), height: min(height, overviewSide))
            return [(PixelWindow(x: 0, y: 0, width: width, height: height), side)]
        }
        let side = (width: min(width, windowSide), height: min(height, windowSide))
        return (0..<windowsASide * windowsASide).map { index in
            let x = (width - side.width) * (index % windowsASide) / (windowsASide - 1)
            let y = (height - side.height) * (index / windowsASide) / (windowsASide - 1)
            return (PixelWindow(x: x, y: y, width: side.width, height: side.height), side)
        }
    }

    private static func whole(_ header: BandHeader) -> ClosedRange<Double> {
        guard header.isInteger else { return 0...1 }
        let bits = min(header.typeBits, 52) - (header.isSigned ? 1 : 0)
        return 0...Double(UInt64(1) << UInt64(bits) - 1)
    }
}
