import HTTPTypes
import Hummingbird
import SosiaCore

/// An answer that is an error: problem details (RFC 9457) with the facts as members of their own.
struct Problem: Error, Sendable {
    static let mediaType = "application/problem+json"

    let kind: ProblemKind
    /// For people; programs look at the type and the facts.
    let detail: String
    let facts: [(name: String, value: JSONValue)]
    let headers: HTTPFields
    /// What it came from, for the log only: it may name files of the server.
    let cause: String?

    init(
        _ kind: ProblemKind, _ detail: String, facts: [(name: String, value: JSONValue)] = [],
        headers: HTTPFields = [:], cause: String? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.facts = facts
        self.headers = headers
        self.cause = cause
    }

    /// What is wrong with a parameter of the address.
    static func parameter(_ name: String, _ detail: String) -> Problem {
        Problem(.invalidParameter, "\(name) \(detail)", facts: [("parameter", .string(name))])
    }

    /// What is wrong with a body.
    /// - Parameter pointer: to the place (RFC 6901).
    static func body(at pointer: String, _ detail: String) -> Problem {
        Problem(.invalidBody, detail, facts: [("pointer", .string(pointer))])
    }

    func response() -> Response {
        var json = JSONWriter()
        write(to: &json)
        var headers = headers
        headers[.contentType] = Self.mediaType
        return Response(
            status: kind.status, headers: headers, body: ResponseBody(byteBuffer: json.buffer))
    }
}

extension Problem: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", kind.type)
            json.member("title", kind.title)
            json.member("status", kind.status.code)
            json.member("detail", detail)
            for fact in facts { json.member(fact.name, fact.value) }
        }
    }
}

/// What the log line of a request says.
extension Problem: CustomStringConvertible {
    var description: String { "\(kind.rawValue): \(detail)" }
}
