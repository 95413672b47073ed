/// How a raster is cut into tiles and which of them are dropped.
public struct TileOptions: Sendable, Hashable, Codable {
    public static let minimumTile = 16
    public static let standardTile = 256
    public static let maximumTile = 4_096
    public static let minimumStride = 1
    public static let standardStride = 128
    public static let maximumStride = 65_536
    public static let minimumEmptyShare = 0.0
    public static let standardEmptyShare = 0.5
    public static let maximumEmptyShare = 1.0

    /// Pixels a side.
    public let tile: Int
    /// Pixels from one tile to the next, across and down.
    public let stride: Int
    /// A tile is dropped when more than this share of its pixels is empty.
    public let emptyShare: Double
    /// Which pixels are.
    public let rule: EmptinessRule

    public static let standard = TileOptions(
        tile: standardTile, stride: standardStride, emptyShare: standardEmptyShare, rule: .standard, unchecked: ())

    /// - Throws: ``RasterError/invalidTile(got:minimum:maximum:)``, ``RasterError/invalidStride(got:minimum:maximum:)``,
    ///   ``RasterError/invalidEmptyShare(got:minimum:maximum:)``
    public init(
        tile: Int = standardTile, stride: Int = standardStride, emptyShare: Double = standardEmptyShare,
        rule: EmptinessRule = .standard
    ) throws(RasterError) {
        try Self.check(tile: tile, stride: stride)
        guard emptyShare >= Self.minimumEmptyShare, emptyShare <= Self.maximumEmptyShare else {
            throw .invalidEmptyShare(
                got: emptyShare, minimum: Self.minimumEmptyShare, maximum: Self.maximumEmptyShare)
        }
        self.init(tile: tile, stride: stride, emptyShare: emptyShare, rule: rule, unchecked: ())
    }

    private init(tile: Int, stride: Int, emptyShare: Double, rule: EmptinessRule, unchecked: Void) {
        self.tile = tile
        self.stride = stride
        self.emptyShare = emptyShare
        self.rule = rule
    }

    static func check(tile: Int, stride: Int) throws(RasterError) {
        guard (minimumTile...maximumTile).contains(tile) else {
            throw .invalidTile(got: tile, minimum: minimumTile, maximum: maximumTile)
        }
        guard (minimumStride...maximumStride).contains(stride) else {
            throw .invalidStride(got: stride, minimum: minimumStride, maximum: maximumStride)
        }
    }
}

extension TileOptions {
    /// Which pixels count as empty.
    public struct EmptinessRule: Sendable, Hashable, Codable {
        /// A reason for a pixel to be empty. A kind that the file says nothing about makes no pixel empty.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// No channel is above `blackLevel`.
            case black
            /// Every channel has the band's nodata value, or is not a number.
            case nodata
            /// The file's mask leaves the pixel out.
            case mask
            /// The alpha band is 0.
            case alpha
        }

        public static let minimumBlackLevel: UInt8 = 0
        public static let standardBlackLevel: UInt8 = 0
        public static let maximumBlackLevel: UInt8 = 254

        /// A pixel is empty for any of them.
        public let kinds: Set<Kind>
        /// 0 is pure black only; lossy files need a little more.
        public let blackLevel: UInt8

        /// All kinds, and black is 0.
        public static let standard = EmptinessRule(kinds: Set(Kind.allCases))

        /// A level above `maximumBlackLevel` is taken as that.
        public init(kinds: Set<Kind>, blackLevel: UInt8 = standardBlackLevel) {
            self.kinds = kinds
            self.blackLevel = min(blackLevel, Self.maximumBlackLevel)
        }
    }
}
