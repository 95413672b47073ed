/// The engines on which sessions run.
package enum SessionEngine: String, Sendable, CaseIterable {
    case embedded, memory
}

/// What was asked in a session and what came back, one engine beside the other.
package struct Transcript: Sendable {
    package struct Step: Sendable, Equatable {
        /// As a user would write it.
        package let request: String
        package let answer: String
        /// The ability by which engines may answer differently; nil when all have to answer alike.
        package let ability: String?

        package init(_ request: String, answer: String, ability: String? = nil) {
            self.request = request
            self.answer = answer
            self.ability = ability
        }
    }

    package var steps: [Step] = []

    package init() {}

    /// Both transcripts as one text: what is alike once, what differs by engine.
    /// - Parameter complain: is told of what differs and must not.
    package static func merged(
        embedded: Transcript, memory: Transcript, complain: (String) -> Void
    ) -> String {
        if embedded.steps.map(\.request) != memory.steps.map(\.request) { complain("the sessions are not the same") }
        return zip(embedded.steps, memory.steps).map { one, other in
            if one.answer == other.answer { return "\(one.request)\n\(one.answer)" }
            guard let ability = one.ability else {
                complain("\(one.request)\nembedded: \(one.answer)memory: \(other.answer)")
                return "\(one.request)\n\(one.answer)"
            }
            return "\(one.request)\nembedded (\(ability)):\n\(one.answer)memory (\(ability)):\n\(other.answer)"
        }.joined(separator: "\n")
    }
}
