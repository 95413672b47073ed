public import SosiaCore

/// A JSON Schema (2020-12) as OpenAPI 3.1 embeds it.
struct Schema: Sendable {
    let json: JSONValue

    static let boolean = Schema(json: ["type": "boolean"])
    static let number = Schema(json: ["type": "number"])
    static let anything = Schema(json: [:])

    static func string(_ description: String? = nil, values: [String] = [], longest: Int? = nil) -> Schema {
        var json: [String: JSONValue] = ["type": "string"]
        if !values.isEmpty { json["enum"] = .array(values.map(JSONValue.string)) }
        if let longest { json["maxLength"] = .integer(Int64(longest)) }
        return Schema(json: .object(json)).described(description)
    }

    static func pattern(_ pattern: String, _ description: String) -> Schema {
        Schema(json: ["type": "string", "pattern": .string(pattern)]).described(description)
    }

    static func integer(_ range: ClosedRange<Int>, standard: Int? = nil) -> Schema {
        var json: [String: JSONValue] = [
            "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
            "maximum": .integer(Int64(range.upperBound)),
        ]
        if let standard { json["default"] = .integer(Int64(standard)) }
        return Schema(json: .object(json))
    }

    static let count = Schema(json: ["type": "integer", "minimum": 0])

    static func number(_ range: ClosedRange<Double>, standard: Double? = nil) -> Schema {
        var json: [String: JSONValue] = [
            "type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
        ]
        if let standard { json["default"] = .number(standard) }
        return Schema(json: .object(json))
    }

    static func array(_ items: Schema, _ count: ClosedRange<Int>? = nil) -> Schema {
        var json: [String: JSONValue] = ["type": "array", "items": items.json]
        if let count {
            json["minItems"] = .integer(Int64(count.lowerBound))
            json["maxItems"] = .integer(Int64(count.upperBound))
        }
        return Schema(json: .object(json))
    }

    /// An object whose members are known.
    /// - Parameter optional: the members that may be absent.
    static func object(_ members: [(name: String, schema: Schema)], optional: Set<String> = []) -> Schema {
        let properties = members.map { ($0.name, $0.schema.json) }
        var json: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(properties) { _, last in last }),
        ]
        let required = members.map(\.name).filter { !optional.contains($0) }
        if !required.isEmpty { json["required"] = .array(required.map(JSONValue.string)) }
        return Schema(json: .object(json))
    }

    /// An object with members of any name.
    static func map(_ values: Schema) -> Schema {
        Schema(json: ["type": "object", "additionalProperties": values.json])
    }

    static func component(_ name: String) -> Schema {
        Schema(json: ["$ref": .string("#/components/schemas/" + name)])
    }

    static func oneOf(_ schemas: [Schema]) -> Schema {
        Schema(json: ["oneOf": .array(schemas.map(\.json))])
    }

    /// `integer`, `string`...; nil for a combination.
    var type: JSONValue? {
        guard case .object(let members) = json else { return nil }
        return members["type"]
    }

    /// A field of a form, which may be left empty.
    func orEmpty() -> Schema { Schema(json: ["anyOf": [json, ["type": "string", "maxLength": 0]]]) }

    func orNull() -> Schema { Schema(json: ["anyOf": [json, ["type": "null"]]]) }

    func described(_ description: String?) -> Schema {
        guard let description, case .object(var members) = json else { return self }
        members["description"] = .string(description)
        return Schema(json: .object(members))
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A JSON value as a Swift literal.
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
