package import Images
public import SosiaCore

/// One record of the format: 32 x 32 pixels of red, then green, then blue, each plane column by column from the left, a
/// column from the top. This is how the published MATLAB tools wrote the 80 Million Tiny Images.
public struct TinyImage: Sendable, Hashable {
    /// Pixels.
    public static let side = 32
    public static let byteCount = 3 * side * side
    /// The query and every picture of a new file are stretched to the square, as the data set's were.
    public static let geometry = InputGeometry(width: side, height: side, rule: .stretch)

    /// ``byteCount`` values.
    public let bytes: [UInt8]

    /// - Returns: nil unless there are ``byteCount`` bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// - Returns: nil unless the picture has 32 x 32 pixels.
    public init?(_ picture: PixelImage) {
        guard picture.width == Self.side, picture.height == Self.side else { return nil }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        for y in 0..<Self.side {
            for x in 0..<Self.side {
                for plane in 0..<3 {
                    bytes[(plane * Self.side + x) * Self.side + y] = picture.bytes[(y * Self.side + x) * 3 + plane]
                }
            }
        }
        self.bytes = bytes
    }

    /// The pixels row by row, for showing; nil never for a record that was made by this type's initializers.
    public var picture: PixelImage? {
        let area = Self.side * Self.side
        var pixels = [UInt8](repeating: 0, count: Self.byteCount)
        for x in 0..<Self.side {
            for y in 0..<Self.side {
                let at = (y * Self.side + x) * 3
                let from = x * Self.side + y
                pixels[at] = bytes[from]
                pixels[at + 1] = bytes[area + from]
                pixels[at + 2] = bytes[2 * area + from]
            }
        }
        return PixelImage(width: Self.side, height: Self.side, bytes: pixels)
    }
}

extension TinyImage {
    /// A picture of any size, stretched to 32 x 32 pixels.
    /// - Throws: `DecodeError`
    package init(decoding bytes: [UInt8], decoder: ImageDecoder = ImageDecoder()) throws(DecodeError) {
        let pixels = try decoder.decode(bytes, for: Self.geometry).pixels
        guard let image = TinyImage(pixels) else {
            throw .damaged(reason: "\(pixels.width) x \(pixels.height) pixels came out")
        }
        self = image
    }
}
