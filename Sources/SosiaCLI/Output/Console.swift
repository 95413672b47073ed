import Foundation
import SosiaCore

/// Text for people: results on standard output, everything else on standard error.
enum Console {
    /// Standard output did not take what was written to it.
    struct Unwritable: Error, CustomStringConvertible {
        let code: Int32

        var description: String { "the output cannot be written: \(String(cString: strerror(code)))" }
    }

    /// Where text goes.
    struct Streams: Sendable {
        let output: @Sendable (String) -> Void
        let errors: @Sendable (String) -> Void
        /// Whether a line on `errors` may be written over.
        var isTerminal = false

        /// Those of the process. When nobody can read what goes wrong, the work goes on all the same.
        static let standard = Streams(
            output: { Swift.print($0, terminator: "") },
            errors: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) },
            isTerminal: isatty(STDERR_FILENO) == 1)
    }

    /// Tests that run commands in their own process put others in their place for a task.
    @TaskLocal static var streams = Streams.standard

    static func print(_ items: Any..., separator: String = " ") {
        streams.output(items.map { "\($0)" }.joined(separator: separator) + "\n")
    }

    /// What went wrong may repeat an address that was given in the wrong place, but never its password.
    static func error(_ line: String) {
        let hidden = line.replacing(/:\/\/([^\s\/:@]*):[^\s\/]*@/) { "://\($0.output.1)@" }
        notice(printable(hidden) + "\n")
    }

    /// Text on standard error as it is.
    static func notice(_ text: String) {
        streams.errors(text)
    }

    /// Gives closed standard streams a descriptor on which reading and writing fails. Otherwise the next file that is
    /// opened would get the stream's number, and the output with it.
    static func reserveStreams() {
        for stream in 0...2 where fcntl(Int32(stream), F_GETFD) == -1 {
            _ = open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Makes sure that everything printed has arrived.
    static func finish() throws {
        guard fflush(nil) == 0 else { throw Unwritable(code: errno) }
    }

    /// Control characters other than line breaks and tabs would let a file name speak to the terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.properties.generalCategory == .control
                    return isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar
                }))
    }

    /// A file name on one line: line breaks are written as `\\n` and `\\r`.
    static func oneLine(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "\n" ? "\\n" : $0 == "\r" ? "\\r" : String($0) }.joined()
    }

    /// Prints a value as one line of JSON.
    static func json(_ value: some Encodable) throws { json(try JSONValue(encoding: value)) }

    /// What has attributes, which may be nested deeply, is not encoded by Foundation.
    static func json(_ value: JSONValue) { print(String(decoding: value.json, as: UTF8.self)) }

    /// A value as JSON for people to read and edit: equal values are equal texts.
    static func indentedJSON(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// 1536 -> `1.5 kB`.
    static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(bytes) B" : String(format: "%.1f %@", value, unit) }
            value /= 1000
        }
        return String(format: "%.1f TB", value)
    }
}

extension JSONValue {
    init(encoding value: some Encodable) throws {
        self.init(try JSONTree(parsing: [UInt8](JSONEncoder().encode(value)), limits: .stored))
    }
}
