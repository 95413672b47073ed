internal import SosiaCore

/// The fields of an object of a model card. A field that is null counts as missing where it is optional.
struct CardFields {
    private let tree: JSONTree
    /// The field that holds the object; empty for the card itself.
    private let name: String

    init(_ tree: JSONTree, name: String = "") throws(ModelCardError) {
        guard case .object = tree.node else {
            throw .malformed(reason: name.isEmpty ? "the card is not an object" : "field \"\(name)\" is not an object")
        }
        self.tree = tree
        self.name = name
    }

    private func path(_ field: String) -> String { name.isEmpty ? field : name + "." + field }

    func wrong(_ field: String, _ what: String) -> ModelCardError {
        .malformed(reason: "field \"\(path(field))\" is \(what)")
    }

    func optional(_ field: String) -> JSONTree? {
        tree.member(field).flatMap { $0.isNull ? nil : $0 }
    }

    func required(_ field: String) throws(ModelCardError) -> JSONTree {
        guard let value = tree.member(field) else { throw wrong(field, "missing") }
        if value.isNull { throw wrong(field, "null") }
        return value
    }

    func object(_ field: String) throws(ModelCardError) -> CardFields {
        try CardFields(try required(field), name: path(field))
    }

    func string(_ field: String) throws(ModelCardError) -> String {
        guard let text = try required(field).string else { throw wrong(field, "not a text") }
        return text
    }

    func bool(_ field: String) throws(ModelCardError) -> Bool {
        guard case .bool(let value) = try required(field).node else { throw wrong(field, "not true or false") }
        return value
    }

    func integer(_ field: String) throws(ModelCardError) -> Int {
        switch try required(field).node {
        case .integer(let number): return Int(number)
        case .number(let number): throw wrong(field, "\(number), which is not a whole number that can be used")
        default: throw wrong(field, "not a number")
        }
    }

    func numbers(_ field: String) throws(ModelCardError) -> [Double] {
        guard let numbers = try required(field).doubles else { throw wrong(field, "not a list of numbers") }
        return numbers
    }

    func floats(_ field: String) throws(ModelCardError) -> [Float] {
        try numbers(field).map { number throws(ModelCardError) in
            guard Float(number).isFinite else {
                throw wrong(field, "\(number), which is not a 32-bit number that can be used")
            }
            return Float(number)
        }
    }

    /// - Returns: nil if the field is missing.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ field: String, of: Choice.Type = Choice.self
    ) throws(ModelCardError) -> Choice? {
        if optional(field) == nil { return nil }
        let text = try string(field)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong(field, "\"\(text.prefix(120))\"; known: \(known)")
        }
        return choice
    }
}
