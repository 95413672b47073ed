/// Which pixels count as showing nothing.
public struct EmptinessRule: Sendable, Hashable, Codable {
    /// A reason for a pixel to be empty. A kind that the file has no word of makes no pixel empty.
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
    /// 0 is black only; lossy files need some more.
    public let blackLevel: UInt8

    /// All kinds, and black is 0.
    public static let standard = EmptinessRule(kinds: Set(Kind.allCases))

    /// A level above `maximumBlackLevel` is taken as that.
    public init(kinds: Set<Kind>, blackLevel: UInt8 = standardBlackLevel) {
        self.kinds = kinds
        self.blackLevel = min(blackLevel, Self.maximumBlackLevel)
    }
}
