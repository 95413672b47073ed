import Foundation
import SosiaCore
import Testing

@testable import FileSystem

struct UncachedReaderTests {
    /// Whether the folder of temporary files lies where this can be done.
    private static let isPossible: Bool = {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-uncached-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard FileManager.default.createFile(atPath: path, contents: Data(count: 4_096)) else { return false }
        let reader = (try? WindowedFile(path))?.uncachedReader(capacity: 4_096)
        return reader?.withBytes(in: 0..<4_096) { _ in true } ?? false
    }()

    @Test(.enabled(if: isPossible, "this file system is not read past its cache"))
    func partsAreThoseOfTheFile() throws {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-uncached-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var generator = SplitMix(seed: 1)
        let bytes = (0..<70_001).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let file = try WindowedFile(path)
        let reader = try #require(file.uncachedReader(capacity: 50_000))
        // Under another name it is the same file.
        try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")
        defer { try? FileManager.default.removeItem(atPath: path + "-moved") }

        let ends = [0, 1, 511, 4_095, 4_096, 4_097, 49_999, 50_000, 65_536, 69_999, 70_000, 70_001]
        for start in ends {
            for end in ends where end > start && end - start <= 50_000 {
                let part = reader.withBytes(in: start..<end) { span in span.withUnsafeBytes { Array($0) } }
                #expect(part == Array(bytes[start..<end]), "\(start)..<\(end)")
            }
        }
        #expect(reader.withBytes(in: 69_000..<70_002) { _ in true } == nil, "beyond the end")
        #expect(reader.withBytes(in: 80_000..<80_001) { _ in true } == nil, "beyond the end")
        #expect(reader.withBytes(in: 0..<3_000_000) { _ in true } == nil, "more than there is room for")
    }
}
