/// What a decoder refuses before it allocates memory for pixels.
public struct DecodeLimits: Sendable, Hashable {
    /// Pixels of the stored picture, from its header.
    public static let pixels = (minimum: 1, standard: 268_435_456, maximum: 4_294_836_225)
    /// Longer side of the stored picture, from its header.
    public static let side = (minimum: 1, standard: 65_535, maximum: 1_000_000)
    /// Bytes of the encoded file.
    public static let fileBytes = (minimum: 1, standard: 536_870_912, maximum: 2_147_483_647)
    /// Longer side of the pixels that are asked for.
    public static let outputSide = (minimum: 1, maximum: 16_384)

    public static let standard = DecodeLimits()

    public let maximumPixels: Int
    public let maximumSide: Int
    public let maximumFileBytes: Int

    /// Values outside minimum...maximum are moved to the nearer end.
    public init(
        maximumPixels: Int = pixels.standard, maximumSide: Int = side.standard,
        maximumFileBytes: Int = fileBytes.standard
    ) {
        self.maximumPixels = min(max(maximumPixels, Self.pixels.minimum), Self.pixels.maximum)
        self.maximumSide = min(max(maximumSide, Self.side.minimum), Self.side.maximum)
        self.maximumFileBytes = min(max(maximumFileBytes, Self.fileBytes.minimum), Self.fileBytes.maximum)
    }

    func check(width: Int, height: Int) throws(DecodeError) {
        guard width > 0, height > 0 else { throw .damaged(reason: "the header says \(width) x \(height) pixels") }
        guard max(width, height) <= maximumSide else {
            throw .sideTooLong(width: width, height: height, maximumSide: maximumSide)
        }
        guard width <= maximumPixels / height else {
            throw .tooLarge(width: width, height: height, maximumPixels: maximumPixels)
        }
    }

    static func checkOutput(width: Int, height: Int) throws(DecodeError) {
        let range = outputSide.minimum...outputSide.maximum
        guard range.contains(width), range.contains(height) else {
            throw .outputOutOfRange(width: width, height: height, maximumSide: outputSide.maximum)
        }
    }
}
