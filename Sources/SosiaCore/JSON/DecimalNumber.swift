/// A decimal number on its way to an integer or a `Double`: plus or minus `significand` times 10 to the `exponent`.
///
/// `Double(_: String)` takes a thousand instructions and more; this takes a hundred.
struct DecimalNumber {
    private static let maximumDigits = 19

    let isNegative: Bool
    /// The first 19 digits.
    private var significand: UInt64 = 0
    var exponent = 0
    private var digits = 0
    /// Whether a digit other than 0 was cut off.
    private var isCut = false

    init(isNegative: Bool) {
        self.isNegative = isNegative
    }

    var isZero: Bool { significand == 0 }

    mutating func append(_ digit: UInt8) {
        if !keeps(digit) { exponent += 1 }
    }

    mutating func append(fraction digit: UInt8) {
        if keeps(digit) { exponent -= 1 }
    }

    private mutating func keeps(_ digit: UInt8) -> Bool {
        guard digits < Self.maximumDigits else {
            if digit != 0 { isCut = true }
            return false
        }
        significand = significand * 10 + UInt64(digit)
        if significand > 0 { digits += 1 }
        return true
    }

    /// The number without its fraction; nil if that does not fit.
    var integer: Int64? {
        var magnitude = significand
        if exponent != 0, significand != 0 {
            guard abs(exponent) < Self.maximumDigits else { return exponent < 0 ? 0 : nil }
            let power = (0..<abs(exponent)).reduce(1 as UInt64) { power, _ in power * 10 }
            let (product, overflow) = significand.multipliedReportingOverflow(by: power)
            if exponent > 0, overflow { return nil }
            magnitude = exponent > 0 ? product : significand / power
        }
        return isNegative ? Int64(exactly: -Int128(magnitude)) : Int64(exactly: magnitude)
    }
}

// MARK: The nearest Double

extension DecimalNumber {
    /// The nearest `Double`, infinity if it is too large, 0 if it is too small; nil if that takes more digits to tell.
    var double: Double? {
        guard let magnitude else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// Powers of ten that a `Double` holds exactly.
    private static let exactPowers = (0...22).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }

    private var magnitude: Double? {
        if isZero { return 0 }
        // One rounding of two exact numbers (Clinger, "How to read floating point numbers accurately", 1990).
        if !isCut, significand <= 1 << 53 {
            switch exponent {
            case 0...22: return Double(significand) * Self.exactPowers[exponent]
            case -22..<0: return Double(significand) / Self.exactPowers[-exponent]
            case 23...37:
                let scaled = Double(significand) * Self.exactPowers[exponent - 22]
                if scaled <= 0x1p53 { return scaled * 1e22 }
            default: break
            }
        }
        // 19 digits and a power that no Double reaches.
        if exponent < -PowerOfTen.maximum { return 0 }
        if exponent > PowerOfTen.maximum { return .infinity }
        return nearest(to: PowerOfTen.all[exponent + PowerOfTen.maximum])
    }

    /// Both ends of an interval that holds the number, rounded: where they agree, that is the answer (Lemire, "Number
    /// parsing at a gigabyte per second", 2021, with a plain interval in place of its case distinctions).
    private func nearest(to power: PowerOfTen) -> Double? {
        let shift = significand.leadingZeroBitCount
        let scaled = significand << shift
        let (high, low) = scaled.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power.bits >> 64))
        let rest = scaled.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power.bits)).high
        let least = UInt128(high) << 64 + UInt128(low) + UInt128(rest)
        let (most, overflow) = least.addingReportingOverflow(
            PowerOfTen.error + 2 + (isCut ? 1 << (64 + UInt128(shift)) : 0))
        guard !overflow else { return nil }
        let exponent = power.exponent + 64 - shift
        let number = Self.rounded(least, exponent)
        return number == Self.rounded(most, exponent) ? number : nil
    }

    /// `bits` times 2 to the `exponent`, to the nearest `Double`, ties to even.
    /// - Parameter bits: at least 2^126.
    private static func rounded(_ bits: UInt128, _ exponent: Int) -> Double {
        // Two bits less, so that the smallest numbers that are not 0 leave something; what is lost stays visible.
        let bits = bits >> 2 | (bits & 3 == 0 ? 0 : 1)
        let exponent = exponent + 2
        // 53 bits are kept, fewer of subnormal numbers: nothing is finer than 2^-1074.
        let finest = -1074
        let dropped = max(128 - bits.leadingZeroBitCount - 53, finest - exponent)
        guard dropped < 128 else { return 0 }
        let kept = bits >> UInt128(dropped)
        let rest = bits & (1 << UInt128(dropped) - 1)
        let half: UInt128 = 1 << UInt128(dropped - 1)
        let isUp = rest > half || rest == half && kept & 1 == 1
        let scale = exponent + dropped - finest
        guard scale < 2046 else { return .infinity }
        // A carry runs into the exponent, as it should.
        return Double(bitPattern: UInt64(scale) << 52 + UInt64(kept) + (isUp ? 1 : 0))
    }
}

/// A power of ten: between `bits` and `bits + error` times 2 to the `exponent`.
private struct PowerOfTen {
    /// The largest exponent; the smallest is its negative. 19 digits with the smallest are less than any `Double`.
    static let maximum = 350
    /// Each step cuts off less than 16 / 2^127 of the number, and one unit is at least 1 / 2^128 of it.
    static let error: UInt128 = 32 * 350

    /// 128 bits, the first of which is set.
    var bits: UInt128 = 1 << 127
    var exponent = -127

    /// From 10^-350 to 10^350.
    static let all: [PowerOfTen] = {
        var (up, down) = ([PowerOfTen()], [PowerOfTen()])
        for step in 0..<maximum {
            up.append(PowerOfTen(bits: (up[step].bits >> 4) * 10, exponent: up[step].exponent + 4).normalized)
            down.append(PowerOfTen(bits: down[step].bits / 10, exponent: down[step].exponent).normalized)
        }
        return down.dropFirst().reversed() + up
    }()

    private var normalized: PowerOfTen {
        let shift = bits.leadingZeroBitCount
        return PowerOfTen(bits: bits << shift, exponent: exponent - shift)
    }
}
