/// A metric's name with its labels, and how the Prometheus text format writes it.
struct MetricKey: Hashable, Sendable {
    let name: String
    let labels: [Label]

    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ name: String, _ labels: [(String, String)]) {
        self.name = Self.permitted(name)
        self.labels = labels.map { Label(name: Self.permitted($0.0), value: $0.1) }
    }

    /// `name{label="value"}`, with more labels and an ending of the name where a histogram needs them.
    func text(ending: String = "", _ more: [Label] = []) -> String {
        let all = labels + more
        if all.isEmpty { return name + ending }
        return name + ending + "{" + all.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func permitted(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }
}
