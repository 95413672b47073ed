/// How a raster's samples become RGB pixels, and where to look for pixels that show nothing.
struct PixelRule {
    /// Bands, three or one.
    let shown: [Int]
    let alpha: Int?
    let hasMask: Bool
    let hasNodataMask: Bool
    /// Of each shown band.
    let nodata: [Double?]
    /// Red, green, blue, alpha of each entry; empty without a palette.
    let palette: [UInt8]
    /// False when samples do not fit into a byte.
    let isBytes: Bool
    /// What becomes 0 and 255; nil when samples are taken as they are.
    let range: ClosedRange<Double>?
    let blockWidth: Int
    let blockHeight: Int

    /// Samples are pixels already.
    var isPlain: Bool { shown.count == 3 && isBytes && range == nil }

    init(_ choice: BandChoice, _ headers: [BandHeader], palette: [UInt8], range: ClosedRange<Double>?) {
        let bands = choice.shown.map { headers[$0] }
        shown = choice.shown
        alpha = choice.alpha
        hasMask = bands[0].hasMask
        hasNodataMask = bands[0].hasNodataMask
        nodata = bands.map(\.band.nodata)
        self.palette = palette
        isBytes = bands.allSatisfy(\.isBytes)
        self.range = range
        blockWidth = bands[0].blockWidth
        blockHeight = max(bands[0].blockHeight, 1)
    }
}
