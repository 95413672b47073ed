/// Which pictures may be in an answer, by their attributes: `price < 50 AND category IN ('shoes', 'boots')`.
///
/// Attributes are those of `ImageRecord.allAttributes`: what the user said, and what the file says of itself. Every
/// engine gives a filter the meaning of ``matches(_:)``:
/// - A comparison with an attribute that a picture does not have, or whose value is null, is false, `!=` included.
/// - Values of different kinds (numbers, texts, booleans) are unequal and have no order. Lists and objects equal nothing.
/// - Numbers are compared by value, texts by their Unicode scalars, and false comes before true.
/// - `within(west, south, east, north)` and `within('GeoJSON')` ask where the picture was taken; of a tile it is the centre
///   that counts. ``GeoArea`` says what lies in an area.
/// - `NOT` makes true what is false: `NOT sold = true` also finds pictures without an attribute `sold`.
public indirect enum Filter: Sendable, Hashable {
    /// How two values are compared.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// What an attribute is compared with.
    public enum Value: Sendable, Hashable {
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
    }

    case compare(String, Comparison, Value)
    /// Equal to one of the values.
    case isIn(String, [Value])
    /// Missing, or null.
    case isMissing(String)
    /// The picture's position, its attributes `latitude` and `longitude`, lies in the area; false without a position.
    case within(GeoArea)
    case not(Filter)
    case and(Filter, Filter)
    case or(Filter, Filter)
}
