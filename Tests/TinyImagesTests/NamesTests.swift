import Foundation
import TestSupport
import Testing
import TinyImages

struct NamesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file of so many records, all of them black.
    private func file(_ count: Int, truncated: Int = 0) throws -> TinyImageFile {
        let path = try folder.write([], to: "a.bin")
        try #require(truncate(path, off_t(count * TinyImage.byteCount + truncated)) == 0)
        return try TinyImageFile(path)
    }

    private func names(_ text: String, of file: TinyImageFile) throws -> RecordNames? {
        try folder.write(Array(text.utf8), to: "a.bin.names")
        return try RecordNames(of: file)
    }

    @Test(arguments: [1, 2, 63, 64, 65, 128, 20_000]) func eachNameIsFoundAtItsPosition(count: Int) throws {
        let file = try file(count)
        #expect(try RecordNames(of: file) == nil)
        let all = (0..<count).map { number in
            number % 3 == 0 ? "ü\"\n\\\(number).jpg" : "\(number)/" + String(repeating: "x", count: number % 90)
        }
        let encoder = JSONEncoder()
        let text = try all.map { String(decoding: try encoder.encode($0), as: UTF8.self) }.joined(separator: "\n")
        for ending in ["", "\n"] {
            let names = try #require(try names(text + ending, of: file))
            for position in stride(from: 0, to: count, by: count > 1_000 ? 137 : 1) {
                #expect(try names.name(at: position) == all[position])
            }
            #expect(try names.name(at: count - 1) == all[count - 1])
            #expect(throws: TinyImageError.self) { try names.name(at: -1) }
            #expect(throws: TinyImageError.self) { try names.name(at: count) }
        }
    }

    /// The line that is wrong is named, wherever it stands.
    @Test(arguments: [
        "two", "", " ", "\"a\", \"b\"", "\"a", "b\"", "\"", "7", "null", "[\"a\"]", "\"\u{7}\"", "\"a\" \"b\"",
    ])
    func namesThatAreNoStringsAreErrors(_ line: String) throws {
        let file = try file(600)
        for wrong in [0, 63, 64, 599] {
            var lines = (0..<600).map { "\"\($0)\"" }
            lines[wrong] = line
            #expect(
                throws: TinyImageError.badNames(
                    path: folder.path + "/a.bin.names", line: wrong + 1, reason: "it is no JSON string")
            ) { try names(lines.joined(separator: "\n") + "\n", of: file) }
        }
    }

    @Test func stringsThatAddUpToTheNumberOfLinesAreErrorsAllTheSame() throws {
        let file = try file(4)
        #expect(throws: TinyImageError.self) { try names("\"a\", \"b\"\n\"c\\\"\n\"\n\"d\"\n", of: file) }
        #expect(throws: TinyImageError.self) { try names("\"a\",\"b\"\n\n\"c\"\n\"d\"\n", of: file) }
    }

    @Test func theNumberOfNamesIsThatOfRecords() throws {
        let path = folder.path + "/a.bin.names"
        for (text, last) in [("\"one\"\n", 1), ("\"1\"\n\"2\"\n\"3\"\n", 3), ("", 0)] {
            let error = TinyImageError.badNames(
                path: path, line: last, reason: "it is the last one, and there are 2 tiny images")
            #expect(throws: error) { try names(text, of: file(2)) }
        }
        // Of a file that was cut short the names of the lost records are left.
        #expect(try names("\"1\"\n\"2\"\n\"3\"\n", of: file(2, truncated: 7))?.name(at: 1) == "2")
    }

    @Test func aLineWithoutEndIsAnError() throws {
        let file = try file(2)
        #expect(
            throws: TinyImageError.badNames(
                path: folder.path + "/a.bin.names", line: 2, reason: "it has more than 65536 bytes")
        ) { try names("\"1\"\n\"" + String(repeating: "x", count: 3 << 20) + "\"\n", of: file) }
    }
}
