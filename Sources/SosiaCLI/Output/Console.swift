import Foundation

/// Text for people: results on standard output, everything else on standard error.
enum Console {
    /// Standard output did not take what was written to it.
    struct Unwritable: Error, CustomStringConvertible {
        let code: Int32

        var description: String { "the output cannot be written: \(String(cString: strerror(code)))" }
    }

    static func error(_ line: String) {
        notice(printable(line) + "\n")
    }

    /// Text on standard error as it is. When nobody can read it, the work goes on all the same.
    static func notice(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
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

    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
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
