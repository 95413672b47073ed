/// A file that many pictures of a collection are cut from.
public struct TileContainer: Sendable, Hashable {
    /// What the file is.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// One large image.
        case raster
        /// Consecutive records of equal size (80 Million Tiny Images), regarded as windows of one picture in which they
        /// are stacked from top to bottom.
        case tiny
    }

    /// How a file is cut. Equal settings and equal bytes give equal tiles.
    public struct Tiling: Sendable, Hashable, Codable {
        /// Side length in pixels.
        public let tile: Int
        /// Pixels from one tile to the next, across and down.
        public let stride: Int
        /// A tile is dropped if more than this share of it is empty.
        public let emptyShare: Double
        /// Which pixels count as empty, in the vocabulary of the file's reader; sorted.
        public let emptiness: [String]
        /// Pixels up to this level count as black; nil for files without such a rule.
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

        /// Also reads what earlier releases wrote: the level as a word of `emptiness`, such as `level 3`.
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

        /// Whether the same tiles are dropped as empty.
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
        /// What each band represents, in file order.
        public let bands: [String]
        /// Whether pixels have positions on earth.
        public let isGeoreferenced: Bool
        /// Such as `NAD83 / UTM zone 14N`.
        public let projection: String?
        /// A remark for the user who adds the file.
        public let note: String?
        /// The file's edge in WGS 84, like `Tile.outline`; nil if it is not georeferenced.
        public let outline: GeoPolygon?
        public let tiling: Tiling
        /// Absolute paths of other files needed to read it: parts of a mosaic, overviews, georeferences; nil if none.
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

    /// Never reused within a collection.
    public let id: Int64
    /// Absolute.
    public var path: String
    /// The machine that has the file.
    public var machine: MachineName
    public var kind: Kind
    /// Of the file that the tiles were cut from, including its parts.
    public var stamp: ImageSource.Stamp
    /// Whether every tile of the file was examined; false after an interrupted run.
    public var isComplete: Bool
    public var facts: Facts

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
