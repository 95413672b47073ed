import Foundation
import FileSystem
import SosiaCore

/// The names beside a file of tiny images, `FILE.names`: one JSON string to a line, line N for position N - 1.
///
/// All lines are checked when it is opened; then only those that are wanted are read, because there may be eighty
/// million of them. The file must stay as it is meanwhile.
public struct RecordNames: Sendable {
    /// Lines between those whose places are kept, and that are checked at once.
    private static let step = 64
    /// Of one line; that of a path takes six times its 4,096 bytes when all of it is escaped.
    private static let longestLine = 1 << 16
    /// Bytes that are looked through at once.
    private static let window = 1 << 20

    public let path: String
    private let file: WindowedFile
    /// Where every ``step``th line begins, and where the last one ends.
    private let places: [Int]
    private let count: Int

    /// Where the names of a file are kept.
    public static func path(for file: String) -> String { file + ".names" }

    /// - Returns: nil when there are no names beside the file.
    /// - Throws: `FileError`; ``TinyImageError/badNames(path:line:reason:)`` when they do not fit the file.
    public init?(of records: TinyImageFile) throws {
        path = Self.path(for: records.path)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        file = try WindowedFile(path)
        var lines = LineCheck(path: path)
        for start in stride(from: 0, to: file.count, by: Self.window) {
            try lines.take(try Self.read(start..<min(start + Self.window, file.count), of: file))
        }
        try lines.finish()
        // A file that was cut short has lost records, but their names are still there.
        guard lines.count == records.count || records.truncatedBytes > 0 && lines.count > records.count else {
            throw TinyImageError.badNames(
                path: path, line: lines.count, reason: "it is the last one, and there are \(records.count) tiny images")
        }
        places = lines.places
        count = lines.count
    }

    /// - Parameter position: of a record of the file.
    /// - Throws: `FileError`, ``TinyImageError/badNames(path:line:reason:)``
    public func name(at position: Int) throws -> String {
        guard position >= 0, position < count else {
            throw TinyImageError.badNames(path: path, line: position + 1, reason: "there is no such line")
        }
        let part = position / Self.step
        let bytes = try Self.read(places[part]..<places[part + 1], of: file)
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: position % Self.step + 1, omittingEmptySubsequences: false)
        // A missing line is one that was there when the file was opened.
        let line = lines.dropFirst(position % Self.step).first ?? []
        return try Self.decode(Data(line), path: path, line: position + 1)
    }

    /// One line, with its line break.
    static func line(_ name: String) -> Data { Data(name.json + [UInt8(ascii: "\n")]) }

    /// The order of the bytes of UTF-8, the same everywhere.
    static func precedes(_ name: String, _ other: String) -> Bool {
        name.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private static func read(_ range: Range<Int>, of file: WindowedFile) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var span = bytes.mutableSpan
        var out = span.mutableBytes
        try file.read(at: range.lowerBound, into: &out)
        return bytes
    }

    private static func decode(_ line: Data, path: String, line number: Int) throws -> String {
        guard let name = try? JSONTree(parsing: [UInt8](line)).string else {
            throw TinyImageError.badNames(path: path, line: number, reason: "it is no JSON string")
        }
        return name
    }

    /// Counts lines and checks them, so many at once: as one list they are read several times as fast as one by one.
    private struct LineCheck {
        let path: String
        private(set) var count = 0
        private(set) var places = [0]
        /// Whole lines that were not checked yet, each with a comma and its line break behind it.
        private var list = Data()
        /// The beginning of a line.
        private var open: [UInt8] = []
        private var end = 0

        init(path: String) { self.path = path }

        mutating func take(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while let at = rest.firstIndex(of: UInt8(ascii: "\n")) {
                try close(rest[..<at])
                end += 1
                rest = rest[(at + 1)...]
                if count % RecordNames.step == 0 { try checkList() }
            }
            open += rest
            try checkLength(open.count)
        }

        /// The last line may lack its line break.
        mutating func finish() throws {
            if !open.isEmpty { try close([]) }
            if !list.isEmpty { try checkList() }
        }

        private mutating func close(_ bytes: ArraySlice<UInt8>) throws {
            try checkLength(open.count + bytes.count)
            list += open
            list += bytes
            list += [UInt8(ascii: ","), UInt8(ascii: "\n")]
            end += open.count + bytes.count
            open.removeAll(keepingCapacity: true)
            count += 1
        }

        private func checkLength(_ length: Int) throws {
            guard length <= RecordNames.longestLine else {
                throw TinyImageError.badNames(
                    path: path, line: count + 1, reason: "it has more than \(RecordNames.longestLine) bytes")
            }
        }

        /// A line break within a string is an error, so each line is one string when there are as many.
        private mutating func checkList() throws {
            let first = places.count * RecordNames.step - RecordNames.step
            let document = [UInt8(ascii: "[")] + list.dropLast(2) + [UInt8(ascii: "]")]
            if (try? JSONTree(parsing: document))?.countOfStrings != count - first {
                for (index, line) in list.split(separator: UInt8(ascii: "\n")).enumerated() {
                    _ = try RecordNames.decode(line.dropLast(), path: path, line: first + index + 1)
                }
            }
            places.append(end)
            list.removeAll(keepingCapacity: true)
        }
    }
}

extension JSONTree {
    /// The length of a list of texts; nil for anything else.
    fileprivate var countOfStrings: Int? {
        guard case .array(let elements) = node else { return nil }
        return elements.allSatisfy { $0.string != nil } ? elements.count : nil
    }
}
