import SosiaCore

extension Metric {
    /// By the definitions of ``Metric``, in double precision.
    func distance(_ one: Embedding, _ other: Embedding) -> Float {
        let pairs = zip(one.values, other.values).map { (Double($0), Double($1)) }
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        switch self {
        case .l2: return Float(pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
        case .innerProduct: return Float(-product)
        case .cosine:
            let lengths = (pairs.reduce(0) { $0 + $1.0 * $1.0 } * pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
            return lengths > 0 ? Float(max(1 - product / lengths, 0)) : 1
        case .hamming:
            return Float(
                zip(one.values, other.values).reduce(0) { $0 + ($1.0.bitPattern ^ $1.1.bitPattern).nonzeroBitCount })
        }
    }
}

/// How an `AttributeSummary` classifies and orders values.
extension JSONValue {
    /// The kind of value as filters distinguish it; null has none of its own.
    var kind: AttributeSummary.Kind {
        switch self {
        case .null, .object: .object
        case .bool: .bool
        case .integer, .number: .number
        case .string: .string
        case .array: .list
        }
    }

    /// False, then numbers by value, then texts by their bytes, then true: the order of ledgers that store JSON.
    func precedes(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let number), .integer(let other)): number < other
        case (.string(let text), .string(let other)): text.utf8.lexicographicallyPrecedes(other.utf8)
        default: rank != other.rank ? rank < other.rank : (double ?? 0) < (other.double ?? 0)
        }
    }

    private var rank: Int {
        switch self {
        case .bool(false): 0
        case .integer, .number: 1
        case .string: 2
        default: 3
        }
    }
}
