import Foundation
import SosiaCore

/// Work that takes longer than an answer may.
struct Job: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Files below an allowed root become pictures.
        case add
        case compact
        /// Indexes are built.
        case index
    }

    enum State: String, CaseIterable, Sendable {
        case running, done, failed, cancelled

        var isFinal: Bool { self != .running }
    }

    let id: String
    let kind: Kind
    let collection: String
    let started: Date
    var state = State.running
    var ended: Date?
    /// Pictures done and to do; 0 where the number is not known.
    var done = 0
    var total = 0
    /// What came out, once it is done.
    var result: Attributes = [:]
    /// What went wrong, once it failed.
    var problem: Problem?
}

extension Job: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.rawValue)
            json.member("collection", collection)
            json.member("state", state.rawValue)
            json.member("started", started.ISO8601Format())
            json.member("ended", ended?.ISO8601Format())
            json.member("done", done)
            json.member("total", total)
            json.member("result", result)
            json.member("problem", problem)
        }
    }
}
