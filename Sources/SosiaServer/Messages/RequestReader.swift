import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SosiaCore

extension Request {
    /// The content type without its parameters, in lower case; of one that is too long the beginning.
    var mediaType: String? {
        headers[.contentType].map { header in
            header.unicodeScalars.prefix(128).prefix { $0 != ";" }.trimming { $0 == " " }.lowercased()
        }
    }

    /// Passes the body to `take` as it arrives.
    /// - Throws: ``Problem`` if it is longer than `maximum` bytes, arrives too slowly or ends early.
    func readBody(
        upTo maximum: Int, _ context: ServerContext, _ take: (ByteBuffer) async throws -> Void
    ) async throws {
        let announced = headers[.contentLength].flatMap(Int.init)
        if let announced, announced > maximum { throw Problem.bodyTooLarge(announced, maximum: maximum) }
        if headers[.expect] != nil {
            context.channel.triggerUserOutboundEvent(ConnectionHandler.BodyIsWanted(), promise: nil)
        }
        // What is done with the chunks takes the server's time, not the client's.
        var waited = Duration.zero
        var received = 0
        var chunks = body.makeAsyncIterator()
        while true {
            let start = ContinuousClock.now
            let chunk = try await Self.next(&chunks, after: received)
            waited += ContinuousClock.now - start
            guard let chunk else { break }
            received += chunk.readableBytes
            guard received <= maximum else { throw Problem.bodyTooLarge(received, maximum: maximum) }
            let seconds = waited / .seconds(1)
            if seconds > ServerLimits.bodyGraceSeconds, Double(received) < ServerLimits.bodyRate * seconds {
                throw Problem(.bodyTooSlow, "\(received) bytes in \(Int(seconds)) seconds")
            }
            try await take(chunk)
        }
        context.trace.received(waited.milliseconds)
        if let announced, announced != received {
            throw Problem.body(at: "", "the body ends after \(received) of \(announced) bytes")
        }
    }

    /// An error while reading means that the client ended the body early.
    private static func next(
        _ chunks: inout RequestBody.AsyncIterator, after received: Int
    ) async throws(Problem) -> ByteBuffer? {
        do {
            return try await chunks.next()
        } catch {
            throw Problem.body(at: "", "the body ends after \(received) bytes")
        }
    }

    /// The whole body, counted in the context's share.
    func collectBody(upTo maximum: Int, _ context: ServerContext) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await readBody(upTo: maximum, context) { chunk in
            try context.held.take(chunk.readableBytes)
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// The bytes of a JSON document, to be read once it is the request's turn.
    /// - Returns: nil if there is no body.
    func optionalDocument(_ context: ServerContext) async throws -> [UInt8]? {
        let bytes = try await collectBody(upTo: ServerLimits.documentBytes, context)
        if bytes.isEmpty { return nil }
        guard mediaType == "application/json" else {
            throw Problem.unsupportedMediaType(mediaType, expected: ["application/json"])
        }
        return bytes
    }

    /// The bytes of a JSON document, to be read once it is the request's turn.
    /// - Throws: ``Problem`` if there is none, or if it is something else.
    func document(_ context: ServerContext) async throws -> [UInt8] {
        guard let document = try await optionalDocument(context) else {
            throw Problem.body(at: "", "a JSON document is expected")
        }
        return document
    }
}

extension Problem {
    static func bodyTooLarge(_ got: Int, maximum: Int) -> Problem {
        Problem(
            .bodyTooLarge, "at most \(maximum) bytes are taken",
            facts: [("got_at_least", .integer(Int64(got))), ("maximum", .integer(Int64(maximum)))])
    }

    static func unsupportedMediaType(_ got: String?, expected: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, "expected \(expected.joined(separator: " or "))",
            facts: [("got", got.map(JSONValue.string) ?? .null), ("expected", .array(expected.map(JSONValue.string)))])
    }
}

/// Reads the query parameters of an address.
struct QueryReader {
    /// Bytes of the name of a parameter; no longer one is known, or hashed.
    private static let longestName = 64

    private let values: [String: String]

    init(_ request: Request) {
        let pairs = request.uri.queryParameters.lazy.filter { $0.key.utf8.count <= Self.longestName }
        values = Dictionary(pairs.map { (String($0.key), String($0.value)) }) { first, _ in first }
    }

    /// - Returns: nil if the parameter is missing or empty.
    func string(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0.replacing("+", with: " ") }
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text) else { throw .parameter(name, "is not an integer") }
        guard range.contains(value) else {
            throw .parameter(name, "is \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func number(_ name: String) throws(Problem) -> Double? {
        guard let text = values[name] else { return nil }
        guard let value = Double(text), value.isFinite else { throw .parameter(name, "is not a number") }
        return value
    }

    func boolean(_ name: String) throws(Problem) -> Bool? {
        switch values[name] {
        case nil: nil
        case "true"?: true
        case "false"?: false
        default: throw .parameter(name, "is neither true nor false")
        }
    }
}
