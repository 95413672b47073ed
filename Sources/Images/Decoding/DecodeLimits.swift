/// What a decoder refuses before it allocates memory for pixels.
public struct DecodeLimits: Sendable, Hashable {
    /// Pixels of the stored picture, from its header.
    public static let pixels = (minimum: 1, standard: 268_435_456, maximum: 4_294_836_225)
    /// Pixels of a WebP, HEIF or AVIF: its decoder holds all of them, at eight bytes each, so these are a gigabyte.
    static let heldPixels = 120_000_000
    /// The same where samples have more than eight bits: twice the bytes.
    static let heldDeepPixels = 60_000_000
    /// Longer side of the stored picture, from its header.
    public static let side = (minimum: 1, standard: 65_535, maximum: 1_000_000)
    /// Scans of a JPEG; encoders write ten, the most thorough optimizers some thirty.
    public static let scans = (minimum: 1, maximum: 100)
    /// Pixels times scans of a JPEG: about five seconds of work.
    static let scannedPixels = 2_147_483_648
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

    func check(width: Int, height: Int, of format: PictureFormat, isDeep: Bool = false) throws(DecodeError) {
        let isHeld = [.webp, .heif, .avif].contains(format)
        let maximumPixels =
            isHeld ? min(maximumPixels, isDeep ? Self.heldDeepPixels : Self.heldPixels) : maximumPixels
        guard width > 0, height > 0 else { throw .damaged(reason: "the header says \(width) x \(height) pixels") }
        guard max(width, height) <= maximumSide else {
            throw .sideTooLong(width: width, height: height, maximumSide: maximumSide)
        }
        guard width <= maximumPixels / height else {
            throw .tooLarge(width: width, height: height, maximumPixels: maximumPixels)
        }
    }

    /// The most scans that a JPEG of this size may have.
    static func scans(width: Int, height: Int) -> Int {
        min(max(scannedPixels / max(width * height, 1), scans.minimum), scans.maximum)
    }

    static func checkOutput(width: Int, height: Int) throws(DecodeError) {
        let range = outputSide.minimum...outputSide.maximum
        guard range.contains(width), range.contains(height) else {
            throw .outputOutOfRange(width: width, height: height, maximumSide: outputSide.maximum)
        }
    }
}
