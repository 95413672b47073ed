import Foundation
import Images
import TestSupport
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

    @discardableResult
    private func make(_ archive: String, _ path: String, threads: Int = 2) throws -> TinyImageMaker.Report {
        try TinyImageMaker(threads: threads).make(from: ArchivePictures(archive), to: path)
    }

    private func names(of file: TinyImageFile) throws -> [String] {
        let names = try #require(try RecordNames(of: file))
        return try (0..<file.count).map(names.name)
    }

    private func check(_ path: String, _ made: [String: TinyImage]) throws {
        let file = try TinyImageFile(path)
        let names = try names(of: file)
        #expect(names == made.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for (position, name) in names.enumerated() { #expect(try file.record(position) == made[name], "\(name)") }
    }

    @Test(arguments: ["", "z", "J"]) func anArchiveBecomesTheSameFile(compression: String) throws {
        let folder = try TemporaryFolder()
        let made = try pictures(in: folder)
        let archive = folder.path + "/a.tar"
        try tar(
            ["-c\(compression)f", archive, "-C", folder.path + "/in"] + ["z", "b"]
                + made.keys.filter { !$0.contains("/") })
        for threads in [1, 4] {
            let report = try make(archive, folder.path + "/a.bin", threads: threads)
            #expect(report.count == made.count)
            #expect(report.skipped.isEmpty)
            try check(folder.path + "/a.bin", made)
        }
    }

    @Test func hardLinksAreFollowedAndOtherLinksNamed() throws {
        let folder = try TemporaryFolder()
        var made = try pictures(in: folder)
        try folder.write(Array("no".utf8), to: "in/bad.png")
        for (name, target) in [("linked.bmp", "b/4.bmp"), ("worse.bmp", "bad.png")] {
            try FileManager.default.linkItem(
                atPath: folder.path + "/in/" + target, toPath: folder.path + "/in/" + name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/in/z/soft.bmp", withDestinationPath: "y/3.bmp")
        let archive = folder.path + "/a.tar"
        try tar(
            ["-cf", archive, "-C", folder.path + "/in", "bad.png"] + made.keys + ["linked.bmp", "worse.bmp"])
        try tar(["-rf", archive, "-C", folder.path + "/in", "z/soft.bmp"])
        made["linked.bmp"] = made["b/4.bmp"]
        let report = try make(archive, folder.path + "/a.bin")
        #expect(report.skipped.map(\.name) == ["bad.png", "worse.bmp", "z/soft.bmp"])
        #expect(report.skipped.dropFirst().first?.reason == "a link to bad.png, which is no picture that was taken")
        #expect(report.skipped.last?.reason == "not a regular file")
        try check(folder.path + "/a.bin", made)
    }

    @Test func whatCannotBeMadeLeavesNothingBehind() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("no".utf8), to: "in/bad.png")
        try tar(["-cf", folder.path + "/none.tar", "-C", folder.path + "/in", "."])
        #expect(throws: TinyImageError.noPictures(path: folder.path + "/none.tar")) {
            try make(folder.path + "/none.tar", folder.path + "/a.bin")
        }
        let notTar = try folder.write((0..<5000).map { UInt8($0 % 251) }, to: "noise.tar")
        #expect(throws: TinyImageError.self) { try make(notTar, folder.path + "/a.bin") }
        #expect(throws: TinyImageError.self) { try make(folder.path + "/nowhere", folder.path + "/a.bin") }
        // A damaged archive is an error, and what was there before stays.
        let made = try pictures(in: folder)
        let archive = folder.path + "/a.tar.gz"
        try tar(["-czf", archive, "-C", folder.path + "/in", "b", "z"])
        #expect(try make(archive, folder.path + "/a.bin").count == 6)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.bin"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: archive))
        #expect(throws: TinyImageError.self) { try make(archive, folder.path + "/a.bin") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.bin")) == before)
        #expect(folder.names == ["a.bin", "a.bin.names", "a.tar.gz", "in", "noise.tar", "none.tar"])
        #expect(made.count == 12)
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
        let report = try make(Self.tiny, path)
        #expect(report.count == 60_000)
        #expect(report.skipped.isEmpty)
        let file = try TinyImageFile(path)
        let known = try #require(try RecordNames(of: file))
        // Some of them, unpacked and decoded at their own size.
        let chosen = stride(from: 0, to: 60_000, by: 7_919).map { $0 }
        let names = try Dictionary(uniqueKeysWithValues: chosen.map { ($0, try known.name(at: $0)) })
        #expect(Array(names.keys.sorted().compactMap { names[$0] }) == names.values.sorted())
        try tar(["-xJf", Self.tiny, "-C", folder.path] + names.values)
        for position in chosen {
            let bytes = try [UInt8](
                Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + #require(names[position]))))
            let pixels = try decoder.decode(bytes, maxSide: 32).pixels
            #expect(try file.record(position).picture == pixels)
            let nearest = try file.nearest(to: [TinyImage(decoding: bytes)])[0]
            #expect(nearest.count == 10_000)
            #expect(nearest.first?.squaredDistance == 0)
        }
    }
}
