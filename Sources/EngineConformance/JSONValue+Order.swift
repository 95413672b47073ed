import SosiaCore

/// How values are summed up in an `AttributeSummary`.
extension JSONValue {
    /// The kind of value that a filter tells apart; there is none for null.
    var kind: AttributeSummary.Kind {
        switch self {
        case .null, .object: .object
        case .bool: .bool
        case .integer, .number: .number
        case .string: .string
        case .array: .list
        }
    }

    /// False, then numbers by value, then texts by their bytes, then true, as ledgers that keep JSON sort them.
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
