/// The network's output as it is: a vector, `[1, d]`, or the `[1, d, 1, 1]` that some exports leave.
struct Unpooled: PoolingAlgorithm {
    static let name = "none"
    static let parameters: [String: ClosedRange<Double>] = [:]

    init(parameters: [String: Double]) {}

    func shape(ofDimension dimension: Int) -> String { "[1, \(dimension)]" }

    func dimension(ofShape shape: [Int]) -> Int? {
        shape.count >= 2 && shape[0] == 1 && shape.dropFirst(2).allSatisfy { $0 == 1 } ? shape[1] : nil
    }

    func pool(_ maps: Span<Float>, shape: [Int]) -> [Float] {
        maps.indices.map { maps[$0] }
    }
}
