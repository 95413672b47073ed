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

extension Pooling: Codable {
    private struct Key: CodingKey {
        static let name = Key(stringValue: "name")

        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self.init(name)
            return
        }
        let fields = try decoder.container(keyedBy: Key.self)
        var parameters: [String: Double] = [:]
        for key in fields.allKeys where key.stringValue != Key.name.stringValue {
            parameters[key.stringValue] = try fields.decode(Double.self, forKey: key)
        }
        self.init(try fields.decode(String.self, forKey: .name), parameters)
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
