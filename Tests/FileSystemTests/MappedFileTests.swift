import Foundation
import FileSystem
import SystemPackage
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mapped-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file")
        try Data(bytes).write(to: file)
        try body(file.path)
    }

    @Test("gives the bytes of the file")
    func bytes() throws {
        let content = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try withFile(content) { path in
            for file in [
                try MappedFile(path), try MappedFile(path, access: .sequential),
                try MappedFile(path, access: .willNeed, populate: true),
            ] {
                #expect(file.count == content.count)
                let read = file.withBytes { $0.withUnsafeBytes { Array($0) } }
                #expect(read == content)
            }
        }
    }

    @Test("gives the same bytes after its pages were released")
    func release() throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 11) }
        try withFile(content) { path in
            let file = try MappedFile(path)
            for _ in 0..<3 {
                #expect(file.withBytes { $0.withUnsafeBytes { Array($0) } } == content)
                file.release()
            }
        }
        try withFile([]) { try MappedFile($0).release() }
    }

    @Test("typed values, bounds and alignment checked")
    func spans() throws {
        let values: [Float] = [1, 2, 3, 4]
        try withFile(values.withUnsafeBytes { Array($0) }) { path in
            let file = try MappedFile(path)
            let sum = try file.withSpan(of: Float.self, offset: 4, count: 3) { span in
                span.indices.reduce(Float(0)) { $0 + span[$1] }
            }
            #expect(sum == 9)
            for (offset, count) in [(0, 5), (4, 4), (-4, 1), (20, 0), (2, 1), (0, .max), (0, -1)] {
                #expect(throws: FileError.self) {
                    try file.withSpan(of: Float.self, offset: offset, count: count) { $0.count }
                }
            }
        }
    }

    @Test("a part of the file, an empty file, a file that is too short")
    func lengths() throws {
        try withFile([1, 2, 3]) { path in
            let part = try MappedFile(path, length: 2)
            #expect(part.count == 2)
            #expect(throws: FileError.tooShort(path: path, got: 3, minimum: 4)) {
                try MappedFile(path, minimumCount: 4)
            }
            #expect(throws: FileError.tooShort(path: path, got: 3, minimum: 9)) {
                try MappedFile(path, length: 9)
            }
        }
        try withFile([]) { path in
            let file = try MappedFile(path)
            #expect(file.count == 0)
            #expect(file.withBytes { $0.byteCount } == 0)
        }
    }

    @Test("a missing file and a folder are refused with the facts")
    func refusals() throws {
        try withFile([]) { path in
            #expect(throws: FileError.system(operation: .open, path: path + "x", errno: .noSuchFileOrDirectory)) {
                try MappedFile(path + "x")
            }
            let folder = (path as NSString).deletingLastPathComponent
            #expect(throws: FileError.notRegular(path: folder)) { try MappedFile(folder) }
        }
    }
}
