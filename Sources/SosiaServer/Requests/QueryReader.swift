import Hummingbird

/// The parameters behind the question mark.
struct QueryReader {
    private let values: [String: String]

    init(_ request: Request) {
        let pairs = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// - Returns: nil for a parameter that is missing or empty.
    func string(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0.replacing("+", with: " ") }
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text) else { throw .parameter(name, "is not an integer") }
        guard range.contains(value) else {
            throw .parameter(name, "is \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func number(_ name: String) throws(Problem) -> Double? {
        guard let text = values[name] else { return nil }
        guard let value = Double(text), value.isFinite else { throw .parameter(name, "is not a number") }
        return value
    }

    func boolean(_ name: String) throws(Problem) -> Bool? {
        switch values[name] {
        case nil: nil
        case "true"?: true
        case "false"?: false
        default: throw .parameter(name, "is neither true nor false")
        }
    }
}
