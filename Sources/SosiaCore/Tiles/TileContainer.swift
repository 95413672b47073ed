/// A file that many pictures of a collection are cut from.
public struct TileContainer: Sendable, Hashable {
    /// What the file is.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// One large image.
        case raster
        /// Records of one size, one behind the other (80 Million Tiny Images); they are windows of a picture in which
        /// each stands below the one before it.
        case tiny
    }

    /// How a file is cut. Equal values and equal bytes give equal tiles.
    public struct Tiling: Sendable, Hashable, Codable {
        /// Pixels a side.
        public let tile: Int
        /// Pixels from one tile to the next, across and down.
        public let stride: Int
        /// A tile is dropped when more than this share of it shows nothing.
        public let emptyShare: Double
        /// Which pixels show nothing, in the words of who reads the file; sorted.
        public let emptiness: [String]
        /// Pixels are black up to this level; nil for files that have no such rule.
        public let blackLevel: UInt8?

        public init(
            tile: Int, stride: Int, emptyShare: Double = 1, emptiness: [String] = [], blackLevel: UInt8? = nil
        ) {
            self.tile = tile
            self.stride = stride
            self.emptyShare = emptyShare
            self.emptiness = emptiness
            self.blackLevel = blackLevel
        }

        /// Also takes what earlier releases wrote: the level as one more word of `emptiness`, such as `level 3`.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            let words = try values.decode([String].self, forKey: .emptiness)
            let levels = words.filter { $0.hasPrefix(Self.levelWord) }
            self.init(
                tile: try values.decode(Int.self, forKey: .tile),
                stride: try values.decode(Int.self, forKey: .stride),
                emptyShare: try values.decode(Double.self, forKey: .emptyShare),
                emptiness: words.filter { !levels.contains($0) },
                blackLevel: try values.decodeIfPresent(UInt8.self, forKey: .blackLevel)
                    ?? levels.compactMap { UInt8($0.dropFirst(Self.levelWord.count)) }.first)
        }

        private static let levelWord = "level "

        /// Whether the same pixels show nothing, and tiles are dropped for the same share of them.
        package func dropsAs(_ other: Tiling) -> Bool {
            emptyShare == other.emptyShare && emptiness == other.emptiness && blackLevel == other.blackLevel
        }
    }

    /// What the file says of itself, and how it is cut.
    public struct Facts: Sendable, Hashable, Codable {
        /// Lower-case name of the encoding.
        public let format: String
        /// Pixels.
        public let width: Int
        /// Pixels.
        public let height: Int
        /// What each band stands for, in the order of the file.
        public let bands: [String]
        /// Whether pixels have places on earth.
        public let isGeoreferenced: Bool
        /// Such as `NAD83 / UTM zone 14N`.
        public let projection: String?
        /// Something that whoever adds the file should know.
        public let note: String?
        /// The corners of the whole in WGS 84, from the upper left one clockwise; nil without places on earth.
        public let outline: GeoPolygon?
        public let tiling: Tiling
        /// Other files that it is read from, absolute: the parts of a mosaic, overviews, georeferences; nil without any.
        public let parts: [String]?

        public init(
            format: String, width: Int, height: Int, bands: [String] = [], isGeoreferenced: Bool = false,
            projection: String? = nil, note: String? = nil, outline: GeoPolygon? = nil,
            tiling: Tiling, parts: [String] = []
        ) {
            self.format = format
            self.width = width
            self.height = height
            self.bands = bands
            self.isGeoreferenced = isGeoreferenced
            self.projection = projection
            self.note = note
            self.outline = outline
            self.tiling = tiling
            self.parts = parts.isEmpty ? nil : parts
        }
    }

    /// Never given twice in a collection.
    public let id: Int64
    /// Absolute.
    public let path: String
    /// Whose file it is.
    public let machine: MachineName
    public let kind: Kind
    /// Of the file that the tiles were cut from, its parts included.
    public let stamp: ImageSource.Stamp
    /// Whether every tile of the file was looked at; false after a run that was interrupted.
    public let isComplete: Bool
    public let facts: Facts

    public init(
        id: Int64, path: String, machine: MachineName, kind: Kind, stamp: ImageSource.Stamp, isComplete: Bool,
        facts: Facts
    ) {
        self.id = id
        self.path = path
        self.machine = machine
        self.kind = kind
        self.stamp = stamp
        self.isComplete = isComplete
        self.facts = facts
    }
}
