/// The algorithm that turns maps into one vector, by name and parameters.
///
/// In JSON a name, or an object if there are parameters: `"average"`, `{"name":"gem","p":3}`.
public struct Pooling: Sendable, Hashable {
    public let name: String
    /// Empty for an algorithm without any.
    public let parameters: [String: Double]

    public init(_ name: String, _ parameters: [String: Double] = [:]) {
        self.name = name
        self.parameters = parameters
    }

    /// For outputs that are vectors already, `[1, dimension]`.
    public static let none = Pooling("none")
    /// The mean over each feature map of `[1, dimension, height, width]`.
    public static let average = Pooling("average")
}

extension Pooling: Encodable {
    private struct Key: CodingKey {
        static let name = Key(stringValue: "name")

        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }

    /// - Returns: nil for anything but a name, or an object with a name and numbers.
    package init?(_ tree: JSONTree) {
        if let name = tree.string {
            self.init(name)
            return
        }
        guard case .object(let members) = tree.node, let name = tree.member(Key.name.stringValue)?.string else {
            return nil
        }
        var parameters: [String: Double] = [:]
        for (parameter, value) in members where parameter != Key.name.stringValue {
            guard let number = value.double else { return nil }
            parameters[parameter] = number
        }
        self.init(name, parameters)
    }

    public func encode(to encoder: any Encoder) throws {
        guard !parameters.isEmpty else {
            var container = encoder.singleValueContainer()
            try container.encode(name)
            return
        }
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(name, forKey: .name)
        for (parameter, value) in parameters {
            try fields.encode(value, forKey: Key(stringValue: parameter))
        }
    }
}
