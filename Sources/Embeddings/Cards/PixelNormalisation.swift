/// How a byte 0...255 becomes the value that a network was trained on: `(byte - mean) / scale` for each channel, in
/// the order of the network's channels.
public struct PixelNormalisation: Codable, Hashable, Sendable {
    /// Three values on the scale 0...255.
    public let mean: [Float]
    /// Three positive values.
    public let scale: [Float]

    public init(mean: [Float], scale: [Float]) {
        self.mean = mean
        self.scale = scale
    }

    /// The values of the EfficientNet-Lite family: `(x - 127) / 128`.
    public static let efficientNetLite = PixelNormalisation(
        mean: [127, 127, 127], scale: [128, 128, 128])

    /// ImageNet's mean and standard deviation, as the torchvision networks use them.
    public static let imageNet = PixelNormalisation(
        mean: [0.485 * 255, 0.456 * 255, 0.406 * 255], scale: [0.229 * 255, 0.224 * 255, 0.225 * 255])
}
