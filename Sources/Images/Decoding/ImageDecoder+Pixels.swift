public import SosiaCore

/// Pixels that were cut from a larger picture go through the same filter as those of files.
extension ImageDecoder {
    /// Pixels, or a part of them, as a network takes them.
    /// - Parameter region: see ``decode(_:for:region:)``.
    /// - Returns: exactly `geometry.width` x `geometry.height` pixels.
    /// - Throws: `DecodeError.regionOutside` when nothing of the region lies in the picture.
    public func resized(
        _ pixels: PixelImage, for geometry: InputGeometry, region: PixelRegion? = nil
    ) throws(DecodeError) -> PixelImage {
        try resized(pixels, by: Self.plan(width: pixels.width, height: pixels.height, for: geometry, region: region))
    }

    /// The whole picture in its own proportions.
    /// - Returns: pixels whose longer side is `maxSide`, or the picture itself where that is smaller.
    public func resized(_ pixels: PixelImage, maxSide: Int) throws(DecodeError) -> PixelImage {
        if max(pixels.width, pixels.height) <= maxSide { return pixels }
        return try resized(pixels, by: ResizePlan(width: pixels.width, height: pixels.height, maxSide: maxSide))
    }

    private func resized(_ pixels: PixelImage, by plan: ResizePlan) throws(DecodeError) -> PixelImage {
        let stored = Samples(width: pixels.width, height: pixels.height, channels: 3, bytes: pixels.bytes)
        guard let placed = try stored?.resampled(Orientation.upright.storedRegion(of: plan)).placed(on: plan) else {
            throw .damaged(reason: "\(pixels.width) x \(pixels.height) pixels cannot be resized")
        }
        return placed
    }
}
