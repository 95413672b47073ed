internal import SosiaCore

/// One way to make one vector of what a network gives for one picture. An implementation is a type in this folder and a
/// line in ``Pooling/algorithms``.
protocol PoolingAlgorithm: Sendable {
    /// What a card calls it.
    static var name: String { get }
    /// The parameters that a card has to give, each with the values it may have.
    static var parameters: [String: ClosedRange<Double>] { get }

    /// - Parameter parameters: all of them, each within its limits.
    init(parameters: [String: Double])

    /// The shape of an output that gives `dimension` values, for a reader: `[1, 1280, height, width]`.
    func shape(ofDimension dimension: Int) -> String

    /// How many values an output of `shape` gives; nil when it cannot be pooled.
    func dimension(ofShape shape: [Int]) -> Int?

    /// - Parameters:
    ///   - maps: the network's output, row-major.
    ///   - shape: one for which ``dimension(ofShape:)`` is not nil.
    /// - Returns: as many values as that says, not yet checked for NaN.
    func pool(_ maps: Span<Float>, shape: [Int]) -> [Float]
}

extension Pooling {
    /// All that can be computed.
    static let algorithms: [any PoolingAlgorithm.Type] = [
        Average.self,
        Unpooled.self,
    ]

    /// What computes this pooling.
    /// - Throws: ``ModelCardError/unsupported(field:got:known:)`` for a name that is not among `algorithms`,
    ///   ``ModelCardError/invalid(field:got:expected:)`` for a parameter that is missing, unknown or out of its limits.
    func algorithm(
        among algorithms: [any PoolingAlgorithm.Type] = Self.algorithms
    ) throws(ModelCardError) -> any PoolingAlgorithm {
        guard let algorithm = algorithms.first(where: { $0.name == name }) else {
            throw .unsupported(field: "pooling", got: name, known: algorithms.map { $0.name })
        }
        let limits = algorithm.parameters
        if let other = parameters.keys.sorted().first(where: { limits[$0] == nil }) {
            let known = limits.isEmpty ? "none" : limits.keys.sorted().joined(separator: ", ")
            throw .invalid(field: "pooling", got: other, expected: "a parameter of \(name): \(known)")
        }
        for (parameter, range) in limits.sorted(by: { $0.key < $1.key }) {
            let value = parameters[parameter]
            guard let value, range.contains(value) else {
                throw .invalid(
                    field: "pooling.\(parameter)", got: value.map { "\($0)" } ?? "missing", expected: "\(range)")
            }
        }
        return algorithm.init(parameters: parameters)
    }
}

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
