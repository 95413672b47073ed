import SosiaCore

/// 8-bit samples as they are stored, before colour conversion: 1 (grey), 3 (RGB) or 4 (CMYK) a pixel, no padding.
struct Samples: Equatable {
    let width: Int
    let height: Int
    let channels: Int
    let bytes: [UInt8]

    /// - Returns: nil unless `bytes` holds exactly `width * height * channels` values.
    init?(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        guard width > 0, height > 0, [1, 3, 4].contains(channels), bytes.count == width * height * channels else {
            return nil
        }
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
    }
}

extension Samples {
    /// Whether these are of one colour, save the little noise that compression leaves.
    var isBlank: Bool {
        (0..<channels).allSatisfy { channel in
            var (low, high) = (bytes[channel], bytes[channel])
            for at in stride(from: channel, to: bytes.count, by: channels) {
                (low, high) = (min(low, bytes[at]), max(high, bytes[at]))
                if high - low > 3 { return false }
            }
            return true
        }
    }

    /// The picture on the plan's canvas.
    /// - Returns: nil unless these are RGB samples of the size that the plan wants.
    func placed(on plan: ResizePlan) -> PixelImage? {
        guard channels == 3, width == plan.x.count, height == plan.y.count else { return nil }
        if plan.x.canvas == width, plan.y.canvas == height {
            return PixelImage(width: width, height: height, bytes: bytes)
        }
        var canvas = [UInt8](repeating: plan.fill, count: plan.x.canvas * plan.y.canvas * 3)
        for row in 0..<height {
            let to = ((row + plan.y.offset) * plan.x.canvas + plan.x.offset) * 3
            canvas.replaceSubrange(to..<to + width * 3, with: bytes[row * width * 3..<(row + 1) * width * 3])
        }
        return PixelImage(width: plan.x.canvas, height: plan.y.canvas, bytes: canvas)
    }
}
