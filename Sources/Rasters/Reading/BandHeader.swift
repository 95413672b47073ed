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
