internal import CKernels

/// A number in IEEE 754 binary16, for storage; 0x1p-11 is the most that rounding to nearest changes, relatively, from
/// 0x1p-14 on, and 0x1p-25 absolutely below.
public struct Half: Sendable, Hashable {
    public static let relativeError = 0x1p-11
    public static let absoluteError = 0x1p-25
    public static let nan = Half(bits: 0x7E00)
    /// Numbers up to this one are rounded as said.
    public static let greatest: Float = 65504

    public let bits: UInt16

    private init(bits: UInt16) { self.bits = bits }

    public init(nearest value: Float) { bits = sosia_to_half(value) }

    public init(awayFromZero value: Float) { bits = sosia_to_half_away(value) }

    public init(towardsZero value: Float) { bits = sosia_to_half_towards(value) }

    public var value: Float { sosia_from_half(bits) }
}
