import SosiaCore
import Testing

@testable import Embeddings

@Suite struct PoolingTests {
    /// Values of both signs whose sums are not exact.
    private func maps(_ count: Int) -> [Float] {
        var random = SplitMix(seed: 5)
        return (0..<count).map { _ in Float(random.next() >> 40) / 1_000_003 - 8 }
    }

    /// The sum of a channel in its order, in double precision, to the last bit, and near one in another order.
    @Test(arguments: [(1, 1, 2), (3, 16, 16), (4, 7, 7), (5, 1, 3), (1280, 7, 7), (1283, 2, 5)])
    func averageIsThatOfDoublePrecision(channels: Int, height: Int, width: Int) throws {
        let positions = height * width
        let values = maps(channels * positions)
        let shape = [1, channels, height, width]
        let algorithm = try Pooling.average.algorithm()
        #expect(algorithm.dimension(ofShape: shape) == channels)
        let means = algorithm.pool(values.span, shape: shape)
        for channel in 0..<channels {
            let plane = values[channel * positions..<(channel + 1) * positions]
            var sum = 0.0
            for value in plane { sum += Double(value) }
            #expect(means[channel].bitPattern == Float(sum / Double(positions)).bitPattern)
            let other = plane.map(Double.init).sorted().reduce(0, +) / Double(positions)
            #expect(abs(Double(means[channel]) - other) <= abs(other) * 1e-7 + 1e-12)
        }
    }

    @Test func aSinglePositionKeepsItsBits() throws {
        let values: [Float] = [-0.0, 1.5, .leastNonzeroMagnitude, -3]
        for (pooling, shape) in [(Pooling.average, [1, 4, 1, 1]), (.none, [1, 4]), (.none, [1, 4, 1, 1])] {
            let vector = try pooling.algorithm().pool(values.span, shape: shape)
            #expect(vector.map(\.bitPattern) == values.map(\.bitPattern))
        }
    }

    @Test(arguments: [
        (Pooling.average, [1, 3]), (.average, [2, 3, 4, 4]), (.average, [1, 3, 0, 4]), (.average, [1, 3, 4]),
        (.average, []), (.none, [3]), (.none, [2, 3]), (.none, [1, 3, 2]), (.none, []),
    ])
    func shapesThatCannotBePooledAreNot(pooling: Pooling, shape: [Int]) throws {
        #expect(try pooling.algorithm().dimension(ofShape: shape) == nil)
    }

    /// A pooling that is added is one type and one line of the list.
    @Test func parametersAreHeldAgainstTheirLimits() throws {
        let list = Pooling.algorithms + [PowerMean.self]
        let algorithm = try Pooling("power", ["p": 2]).algorithm(among: list)
        #expect(algorithm.pool([3, 4, 1, 1].span, shape: [1, 2, 1, 2]) == [Float(12.5.squareRoot()), 1])
        let wrong: [(Pooling, ModelCardError)] = [
            (Pooling("power"), .invalid(field: "pooling.p", got: "missing", expected: "1.0...10.0")),
            (Pooling("power", ["p": 0]), .invalid(field: "pooling.p", got: "0.0", expected: "1.0...10.0")),
            (Pooling("power", ["p": .nan]), .invalid(field: "pooling.p", got: "nan", expected: "1.0...10.0")),
            (
                Pooling("power", ["p": 2, "q": 2]),
                .invalid(field: "pooling", got: "q", expected: "a parameter of power: p")
            ),
            (Pooling("Power"), .unsupported(field: "pooling", got: "Power", known: ["average", "none", "power"])),
        ]
        for (pooling, error) in wrong {
            #expect(throws: error) { try pooling.algorithm(among: list) }
        }
    }
}

/// `(mean of x^p)^(1/p)` of each channel.
private struct PowerMean: PoolingAlgorithm {
    static let name = "power"
    static let parameters = ["p": 1.0...10.0]
    private let p: Double

    init(parameters: [String: Double]) { p = parameters["p"] ?? 1 }

    func shape(ofDimension dimension: Int) -> String { "[1, \(dimension), height, width]" }
    func dimension(ofShape shape: [Int]) -> Int? { shape.count == 4 ? shape[1] : nil }

    func pool(_ maps: Span<Float>, shape: [Int]) -> [Float] {
        let positions = shape[2] * shape[3]
        return (0..<shape[1]).map { channel in
            var sum = 0.0
            for position in 0..<positions { sum += power(Double(maps[channel * positions + position]), p) }
            return Float(power(sum / Double(positions), 1 / p))
        }
    }

    /// For the exponents 2 and 1/2, which is all that is asked.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        exponent == 2 ? base * base : base.squareRoot()
    }
}
