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
