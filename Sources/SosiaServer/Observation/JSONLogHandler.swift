import Foundation
public import Logging
import SosiaCore

/// Writes each message as one line of JSON on standard error.
public struct JSONLogHandler: LogHandler {
    public var logLevel = Logger.Level.info
    public var metadata: Logger.Metadata = [:]

    /// A handler for `Logger(label:factory:)`; the label is not written.
    public init() {}

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one object with the time, the level, the message and all metadata.
    public func log(event: LogEvent) {
        var json = JSONWriter()
        json.object { json in
            json.member("time", Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
                .sorted(by: { $0.key < $1.key })
            {
                json.member(key == ServerContext.requestIDKey ? "id" : key) { Self.write(value, to: &$0) }
            }
        }
        // A log that cannot be written must not stop the server.
        try? FileHandle.standardError.write(contentsOf: Data(json.bytes + [UInt8(ascii: "\n")]))
    }

    private static func write(_ value: Logger.Metadata.Value, to json: inout JSONWriter) {
        switch value {
        case .string(let text): json.string(text)
        case .stringConvertible(let number as Int): number.write(to: &json)
        case .stringConvertible(let number as Double): number.write(to: &json)
        case .stringConvertible(let value): json.string(value.description)
        case .array(let values): json.array(values) { write($1, to: &$0) }
        case .dictionary(let members):
            json.object { json in
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    json.member(key) { write(value, to: &$0) }
                }
            }
        }
    }
}
