/// Facts read from the encoded file and recorded with every picture.
public struct PictureFacts: Sendable, Hashable, Codable {
    /// A position on earth.
    public struct Position: Sendable, Hashable, Codable {
        /// Degrees, WGS 84, north positive, -90...90.
        public let latitude: Double
        /// Degrees, WGS 84, east positive, -180...180.
        public let longitude: Double

        /// - Returns: nil if a coordinate is out of range or NaN.
        public init?(latitude: Double, longitude: Double) {
            guard abs(latitude) <= 90, abs(longitude) <= 180 else { return nil }
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    /// Lower-case name of the encoding: `jpeg`, `png`, `webp`, `tiff`, `gif`, `heif`, `avif`, `bmp`.
    public let format: String
    /// Pixels across the upright picture (after orientation).
    public let width: Int
    /// Pixels down the upright picture (after orientation).
    public let height: Int
    /// The time of capture as the camera's clock showed it, `2024-05-31T18:02:11`, with the UTC offset, `+02:00` or `Z`, if
    /// the file has one: the first of DateTimeOriginal, DateTimeDigitized and DateTime that is a time, of EXIF, else of
    /// XMP. Seconds, or the whole time of day, are missing where the file does not know them.
    public let captured: String?
    /// Of EXIF, else of XMP. Exactly 0, 0 is a receiver without a fix, and no position.
    public let position: Position?
    /// Make and model of EXIF, else of XMP, without repeating the make: `Canon EOS 5D`.
    public let camera: String?

    public init(
        format: String, width: Int, height: Int, captured: String? = nil, position: Position? = nil,
        camera: String? = nil
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.captured = captured
        self.position = position
        self.camera = camera
    }
}
