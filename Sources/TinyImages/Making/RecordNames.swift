import Foundation

/// The names beside a file of tiny images, `FILE.names`: one JSON string a line, line N for position N - 1.
public struct RecordNames: Sendable, Hashable {
    public let names: [String]

    /// Where the names of a file lie.
    public static func path(for file: String) -> String { file + ".names" }

    /// - Returns: nil when there are no names beside the file.
    /// - Throws: ``TinyImageError/badNames(path:line:reason:)`` when they do not fit the file.
    public init?(of file: TinyImageFile) throws {
        let path = Self.path(for: file.path)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        // A file that was cut short has lost records, but their names are still there.
        guard lines.count == file.count || file.truncatedBytes > 0 && lines.count > file.count else {
            throw TinyImageError.badNames(
                path: path, line: lines.count, reason: "it is the last one, and there are \(file.count) tiny images")
        }
        let decoder = JSONDecoder()
        names = try lines.prefix(file.count).enumerated().map { index, line in
            do {
                return try decoder.decode(String.self, from: line)
            } catch {
                throw TinyImageError.badNames(path: path, line: index + 1, reason: "it is no JSON string")
            }
        }
    }

    /// One line, with its line break.
    static func line(_ name: String) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return try encoder.encode(name) + [UInt8(ascii: "\n")]
    }

    /// The order of the bytes of UTF-8, the same everywhere.
    static func precedes(_ name: String, _ other: String) -> Bool {
        name.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
