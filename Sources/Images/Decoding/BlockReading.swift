/// How a part of a stored picture is read: whole blocks are averaged while its rows go by, and the filter does the last
/// factor of 2 to 3.
struct BlockReading {
    private let region: SourceRegion
    let shrink: (x: Int, y: Int)
    /// Columns and rows of the stored picture.
    let x: Range<Int>
    let y: Range<Int>

    init(_ region: SourceRegion) {
        self.region = region
        shrink = (max(Int(region.x.step / 2), 1), max(Int(region.y.step / 2), 1))
        (x, y) = (region.x.reach, region.y.reach)
    }

    /// What was read, at the size that is wanted. Inks of no profile become light before.
    func resampled(_ blocks: Samples, profile: [UInt8]?) throws(DecodeError) -> Samples {
        try (profile == nil ? blocks.withoutInks() : blocks).resampled(
            SourceRegion(
                x: region.x.reduced(dropped: x.lowerBound, shrink: shrink.x, source: blocks.width),
                y: region.y.reduced(dropped: y.lowerBound, shrink: shrink.y, source: blocks.height)))
    }
}
