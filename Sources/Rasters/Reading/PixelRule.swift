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

/// Which bands become red, green and blue, and which is alpha, by what the file says they are.
struct BandChoice {
    /// Three, or one.
    let shown: [Int]
    let alpha: Int?
    let note: String?

    /// - Parameter bands: At least one.
    init(_ bands: [RasterBand]) {
        let colours = [RasterBand.Meaning.red, .green, .blue].compactMap { meaning in
            bands.firstIndex { $0.meaning == meaning }
        }
        // Only what is called alpha is: the fourth band of an aerial image is often near-infrared.
        let seen = bands.indices.filter { bands[$0].meaning != .alpha }
        alpha = seen.isEmpty ? nil : bands.firstIndex { $0.meaning == .alpha }
        let first = seen.first ?? 0
        if colours.count == 3 {
            (shown, note) = (colours, nil)
        } else if bands[first].meaning == .palette || seen.count < 3 {
            (shown, note) = ([first], nil)
        } else {
            (shown, note) = (
                Array(seen.prefix(3)), "no bands are called red, green and blue: the first three are shown"
            )
        }
    }
}

/// What is known of a band before a pixel is read.
struct BandHeader {
    let band: RasterBand
    let typeBits: Int
    let isInteger: Bool
    let isSigned: Bool
    /// A mask that stems neither from nodata nor from an alpha band.
    let hasMask: Bool
    /// Nodata that is a property of all bands together, given as a mask.
    let hasNodataMask: Bool
    let paletteCount: Int
    let blockWidth: Int
    let blockHeight: Int
    let hasOverviews: Bool

    /// Of one block of this band.
    var blockBytes: Int { blockWidth * blockHeight * max(typeBits / 8, 1) }
    var isBytes: Bool { typeBits == 8 && isInteger && !isSigned }
}
