import Foundation
import Images
import Testing
import TinyImages

struct MakingTests {
    /// A folder of bitmaps whose names sort differently from how they were made.
    private func pictures(in folder: TemporaryFolder, _ count: Int = 12) throws -> [String: TinyImage] {
        var made: [String: TinyImage] = [:]
        for (index, record) in try records(count, seed: 5).prefix(count).enumerated() {
            let name = ["b/\(index).bmp", "a \(index).bmp", "ü\"\n\(index).bmp", "z/y/\(index).bmp"][index % 4]
            try folder.write(bitmap(#require(record.picture)), to: "in/" + name)
            made[name] = record
        }
        return made
    }

    private func check(_ path: String, _ made: [String: TinyImage]) throws {
        let file = try TinyImageFile(path)
        let names = try #require(try RecordNames(of: file)).names
        #expect(names == made.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for (position, name) in names.enumerated() { #expect(try file.record(position) == made[name], "\(name)") }
    }

    @Test(arguments: [1, 4]) func aFolderBecomesAFileInTheOrderOfNames(threads: Int) throws {
        let folder = try TemporaryFolder()
        let made = try pictures(in: folder)
        try folder.write(Array("no".utf8), to: "in/bad.png")
        try folder.write(Array("text".utf8), to: "in/readme.txt")
        try folder.write(Array("hidden".utf8), to: "in/.hidden.png")
        let report = try TinyImageMaker(threads: threads).make(from: folder.path + "/in", to: folder.path + "/a.bin")
        #expect(report.count == made.count)
        #expect(report.skipped.map(\.name) == ["bad.png"])
        try check(folder.path + "/a.bin", made)
        #expect(folder.names == ["a.bin", "a.bin.names", "in"])
    }

    @Test(arguments: ["", "z", "J"]) func anArchiveBecomesTheSameFile(compression: String) throws {
        let folder = try TemporaryFolder()
        let made = try pictures(in: folder)
        let archive = folder.path + "/a.tar"
        try tar(
            ["-c\(compression)f", archive, "-C", folder.path + "/in"] + ["z", "b"]
                + made.keys.filter { !$0.contains("/") })
        let report = try TinyImageMaker(threads: 2).make(from: archive, to: folder.path + "/a.bin")
        #expect(report.count == made.count)
        try check(folder.path + "/a.bin", made)
    }

    @Test func whatCannotBeMadeLeavesNothingBehind() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("no".utf8), to: "in/bad.png")
        #expect(throws: TinyImageError.noPictures(path: folder.path + "/in")) {
            try TinyImageMaker().make(from: folder.path + "/in", to: folder.path + "/a.bin")
        }
        let notTar = try folder.write((0..<5000).map { UInt8($0 % 251) }, to: "noise.tar")
        #expect(throws: TinyImageError.self) { try TinyImageMaker().make(from: notTar, to: folder.path + "/a.bin") }
        #expect(throws: TinyImageError.self) {
            try TinyImageMaker().make(from: folder.path + "/nowhere", to: folder.path + "/a.bin")
        }
        // A damaged archive is an error, and what was there before stays.
        let made = try pictures(in: folder)
        let archive = folder.path + "/a.tar.gz"
        try tar(["-czf", archive, "-C", folder.path + "/in", "b", "z"])
        #expect(try TinyImageMaker().make(from: archive, to: folder.path + "/a.bin").count == 6)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.bin"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: archive))
        #expect(throws: TinyImageError.self) { try TinyImageMaker().make(from: archive, to: folder.path + "/a.bin") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.bin")) == before)
        #expect(folder.names == ["a.bin", "a.bin.names", "a.tar.gz", "in", "noise.tar"])
        #expect(made.count == 12)
    }

    @Test func namesThatDoNotFitAreErrors() throws {
        let folder = try TemporaryFolder()
        let file = try TinyImageFile(folder.write(records(2, seed: 1).flatMap(\.bytes), to: "a.bin"))
        #expect(try RecordNames(of: file) == nil)
        try folder.write(Array("\"one\"\n".utf8), to: "a.bin.names")
        #expect(throws: TinyImageError.self) { try RecordNames(of: file) }
        try folder.write(Array("\"one\"\ntwo\n".utf8), to: "a.bin.names")
        #expect(throws: TinyImageError.self) { try RecordNames(of: file) }
    }

    /// CIFAR-10, a labelled part of the data set, which lies beside the repository where it is tested in full.
    static let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/data/tiny32/cifar10_jpg_60000.tar.xz").path

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: tiny), "the tiny images are absent: ../shared/data/tiny32"))
    func realTinyImagesComeOutPixelForPixel() throws {
        let folder = try TemporaryFolder()
        let decoder = ImageDecoder()
        let path = folder.path + "/cifar.bin"
        let report = try TinyImageMaker().make(from: Self.tiny, to: path)
        #expect(report.count == 60_000)
        #expect(report.skipped.isEmpty)
        let file = try TinyImageFile(path)
        let names = try #require(try RecordNames(of: file)).names
        #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        // Some of them, unpacked and decoded at their own size.
        let chosen = stride(from: 0, to: 60_000, by: 7_919).map { $0 }
        try tar(["-xJf", Self.tiny, "-C", folder.path] + chosen.map { names[$0] })
        for position in chosen {
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + names[position])))
            let pixels = try decoder.decode(bytes, maxSide: 32).pixels
            #expect(try file.record(position).picture == pixels)
            let nearest = try file.nearest(to: [TinyImage(decoding: bytes)])[0]
            #expect(nearest.count == 10_000)
            #expect(nearest.first?.squaredDistance == 0)
        }
    }
}
