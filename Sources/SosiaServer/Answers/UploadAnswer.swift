import HTTPTypes
import Hummingbird
import Sosia

/// What became of each file of a request.
struct UploadAnswer: JSONWritable {
    let outcomes: [UploadOutcome]
    let collection: ServedCollection

    /// 201 when a picture is new, 200 when all were known, and the first problem when nothing could be used.
    func response() throws -> Response {
        if let first = outcomes.first, outcomes.allSatisfy({ $0.id == nil }), case .skipped(let reason) = first.result {
            let problem = Problem(reason)
            throw Problem(
                problem.kind, "\(first.name): \(problem.detail)",
                facts: problem.facts + [("skipped", .integer(Int64(outcomes.count)))], cause: problem.cause)
        }
        let isNew = outcomes.contains { if case .added = $0.result { true } else { false } }
        return .json(status: isNew ? .created : .ok) { write(to: &$0) }
    }

    func write(to json: inout JSONWriter) {
        var counts = (added: 0, known: 0, skipped: 0)
        json.object { json in
            json.member("results", outcomes) { json, outcome in
                json.object { json in
                    json.member("name", outcome.name)
                    switch outcome.result {
                    case .added(let id):
                        counts.added += 1
                        Self.write("added", collection.address(of: id), id, to: &json)
                    case .known(let id):
                        counts.known += 1
                        Self.write("known", collection.address(of: id), id, to: &json)
                    case .skipped(let reason):
                        counts.skipped += 1
                        json.member("state", "skipped")
                        json.member("problem", Problem(reason))
                    }
                }
            }
            json.member("added", counts.added)
            json.member("known", counts.known)
            json.member("skipped", counts.skipped)
        }
    }

    private static func write(_ state: String, _ address: String, _ id: ImageID, to json: inout JSONWriter) {
        json.member("state", state)
        json.member("id", id)
        json.member("url", address)
    }
}
