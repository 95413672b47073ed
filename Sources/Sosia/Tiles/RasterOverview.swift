import SosiaCore

/// The upper levels of a raster's pyramid, each made from the one below it, so that the file is read once for all.
struct RasterOverview: Sendable {
    /// By level.
    private let levels: [PixelImage]

    /// - Parameters:
    ///   - base: the whole raster at a level.
    ///   - level: how many are above it.
    init(_ base: PixelImage, level: Int) {
        var levels = [base]
        for _ in 0..<level { levels.append(Self.half(of: levels[levels.count - 1])) }
        self.levels = levels.reversed()
    }

    /// - Returns: nil for pixels that there are not.
    func pixels(level: Int, x: Int, y: Int, width: Int, height: Int) -> PixelImage? {
        guard levels.indices.contains(level), x >= 0, y >= 0, width > 0, height > 0 else { return nil }
        let whole = levels[level]
        guard x + width <= whole.width, y + height <= whole.height else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for row in y..<y + height {
            let start = (row * whole.width + x) * 3
            bytes += whole.bytes[start..<start + width * 3]
        }
        return PixelImage(width: width, height: height, bytes: bytes)
    }

    /// Each pixel is the mean of four; at the right and at the bottom of those that there are.
    private static func half(of image: PixelImage) -> PixelImage {
        let (width, height) = ((image.width + 1) / 2, (image.height + 1) / 2)
        var bytes = [UInt8](repeating: 0, count: width * height * 3)
        let from = image.bytes.span
        for y in 0..<height {
            let upper = 2 * y * image.width
            let lower = min(2 * y + 1, image.height - 1) * image.width
            for x in 0..<width {
                let (left, right) = (2 * x, min(2 * x + 1, image.width - 1))
                for channel in 0..<3 {
                    let sum =
                        Int(from[(upper + left) * 3 + channel]) + Int(from[(upper + right) * 3 + channel])
                        + Int(from[(lower + left) * 3 + channel]) + Int(from[(lower + right) * 3 + channel])
                    bytes[(y * width + x) * 3 + channel] = UInt8((sum + 2) / 4)
                }
            }
        }
        return PixelImage(width: width, height: height, bytes: bytes) ?? image
    }
}
