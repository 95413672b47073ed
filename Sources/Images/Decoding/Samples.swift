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
