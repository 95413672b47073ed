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
