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
    /// Pixels across the upright picture (after EXIF orientation).
    public let width: Int
    /// Pixels down the upright picture (after EXIF orientation).
    public let height: Int
    /// EXIF `DateTimeOriginal` in the camera's local time, `2024-05-31T18:02:11`, with the UTC offset if EXIF has one.
    public let captured: String?
    public let position: Position?
    /// EXIF make and model, without repeating the make: `Canon EOS 5D`.
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
