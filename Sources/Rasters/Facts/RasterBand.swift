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
    /// So many bits of a value are used.
    public let bits: Int
    /// The value that stands for "nothing was measured here"; may be NaN.
    public let nodata: Double?
}
