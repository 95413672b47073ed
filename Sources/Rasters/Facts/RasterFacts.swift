/// What a raster's header says.
public struct RasterFacts: Sendable, Hashable {
    /// The library's short name of the format, such as `GTiff`, `JP2OpenJPEG`, `VRT`, `PNG`.
    public let driver: String
    /// Pixels.
    public let width: Int
    /// Pixels.
    public let height: Int
    /// In the order of the file.
    public let bands: [RasterBand]
    /// Positions in `bands` that become red, green and blue: three of them, or one that is shown as gray or through its
    /// palette.
    public let shown: [Int]
    /// What becomes black and white where values have more than 8 bits or are not whole numbers: lower or equal to the
    /// first is 0, higher or equal to the second is 255. Nil where values are taken as they are.
    public let range: ClosedRange<Double>?
    /// True when one mask is valid for all bands.
    public let hasMask: Bool
    /// Whether pixels have places on earth.
    public let isGeoreferenced: Bool
    /// Such as `NAD83 / UTM zone 14N`.
    public let projection: String?
    /// Something that whoever adds this raster should know, such as why it has no places on earth.
    public let note: String?
}

/// One layer of values of a raster.
public struct RasterBand: Sendable, Hashable {
    /// What the file says the values stand for.
    public enum Meaning: String, Sendable, Hashable {
        case undefined, gray, palette, red, green, blue, alpha
        /// Near-infrared, hue, black ink and whatever else is neither seen nor a mask.
        case other
    }

    public let meaning: Meaning
    /// The library's name of the type of its values, such as `Byte`, `UInt16`, `Float32`.
    public let type: String
    /// The number of bits of a value that are used.
    public let bits: Int
    /// The value that stands for "nothing was measured here"; may be NaN.
    public let nodata: Double?
}
