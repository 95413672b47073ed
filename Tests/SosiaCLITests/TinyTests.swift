import Foundation
import Images
import SosiaCore
import Testing

/// `sosia tiny`, as a user runs it.
struct TinyTests {
    let sosia: Sosia
    var folder: String { sosia.folder.path }
    var database: String { folder + "/t.bin" }

    init() throws {
        sosia = try Sosia()
        for number in 0..<9 { try sosia.folder.write(picture(number), to: "in/\(number).jpg") }
    }

    private func make() throws {
        let make = try sosia.run("tiny", "make", "--from", folder + "/in", database)
        #expect(make.output == "9 tiny images\n", "\(make.errors)")
        #expect(make.status == 0)
    }

    /// Pipes that nobody writes to and endless devices are passed over at once.
    @Test func whatIsNoFileKeepsNothingWaiting() throws {
        for name in ["in/pipe.jpg", "pipe.bin", "u.bin.names"] {
            try #require(mkfifo(folder + "/" + name, 0o600) == 0)
        }
        try FileManager.default.createSymbolicLink(atPath: folder + "/in/0.png", withDestinationPath: "/dev/zero")
        try FileManager.default.createSymbolicLink(atPath: folder + "/in/loop", withDestinationPath: ".")
        try sosia.folder.write(picture(3), to: "in/b/c/3.JPG")
        try sosia.folder.write(picture(3), to: "in/.hidden/4.jpg")
        func run(_ arguments: String...) throws -> Sosia.Result {
            try sosia.run(["tiny"] + arguments, prefix: ["timeout", "300"])
        }
        let make = try run("make", "--from", folder + "/in", database)
        #expect(make.output == "10 tiny images, 1 skipped\n")
        #expect(make.errors == "skipped loop: the link leads back to a folder that is being walked\n")
        #expect(
            try String(contentsOfFile: database + ".names", encoding: .utf8)
                == (0..<9).map { "\"\($0).jpg\"\n" }.joined() + "\"b/c/3.JPG\"\n")
        let show = try run("show", "--db", folder + "/pipe.bin", "-o", folder + "/o.png", "0")
        #expect(show.status == 1)
        #expect(show.errors.contains("is not a regular file"))
        try FileManager.default.copyItem(atPath: database, toPath: folder + "/u.bin")
        let search = try run("search", "--db", folder + "/u.bin", "@0", "--json")
        #expect(search.status == 1)
        #expect(search.errors.contains("u.bin.names is not a regular file"))
        let nowhere = try run("make", "--from", folder + "/nowhere", folder + "/v.bin")
        #expect(nowhere.errors == "sosia: \(folder)/nowhere cannot be read: there is no such file\n")
    }

    @Test func aFolderIsMadeAndSearched() throws {
        try make()
        let one = try sosia.run("tiny", "search", "--db", database, folder + "/in/4.jpg", "-n", "3")
        #expect(one.lines.count == 3)
        #expect(one.lines.first == "0.0000 4")
        #expect(one.lines.allSatisfy { $0.wholeMatch(of: /[0-9]+\.[0-9]{4} [0-8]/) != nil })
        let several = try sosia.run("tiny", "search", "--db", database, folder + "/in/4.jpg", "@7", "-n", "1")
        #expect(several.output == "0.0000 4 \(folder)/in/4.jpg\n0.0000 7 @7\n")
        let all = try sosia.run("tiny", "search", "--db", database, folder + "/in/4.jpg", "--all")
        #expect(all.lines.map { $0.split(separator: " ").last } == (0..<9).map { "\($0)" })
        let sorted = all.lines.compactMap { Double($0.split(separator: " ")[0]) }.sorted()
        #expect(Array(sorted.prefix(3)) == one.lines.compactMap { Double($0.split(separator: " ")[0]) })
        let input = try sosia.run("tiny", "search", "--db", database, "-", "-n", "1", input: Data(picture(2)))
        #expect(input.output == "0.0000 2\n")
        let json = try sosia.run("tiny", "search", "--db", database, "@3", "-n", "1", "--json").json()
        #expect(json["records"] as? Int == 9)
        let hits = ((json["queries"] as? [[String: Any]])?.first?["hits"] as? [[String: Any]])?.first
        #expect(hits?["position"] as? Int == 3)
        #expect(hits?["name"] as? String == "3.jpg")
    }

    @Test func positionsAreShown() throws {
        try make()
        let path = folder + "/o.png"
        let show = try sosia.run("tiny", "show", "--db", database, "-o", path, "-c", "2", "0", "5", "8")
        #expect(show.status == 0, "\(show.errors)")
        let pixels = try ImageDecoder().decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), maxSide: 64)
            .pixels
        #expect(pixels.width == 64 && pixels.height == 64)
        // The places are filled row by row: the third is below the first, the fourth stays white.
        let records = try Data(contentsOf: URL(fileURLWithPath: database))
        for (place, position) in [0, 5, 8].enumerated() {
            let at = ((place / 2 * 32 + 7) * 64 + place % 2 * 32 + 11) * 3
            for plane in 0..<3 {
                #expect(pixels.bytes[at + plane] == records[position * 3072 + plane * 1024 + 11 * 32 + 7])
            }
        }
        #expect(pixels.bytes[(40 * 64 + 40) * 3] == 255)

        // Lines of a search, and equal seeds.
        let lines = try sosia.run("tiny", "search", "--db", database, "@2").output
        let piped = try sosia.run(
            "tiny", "show", "--db", database, "-o", folder + "/p.jpg", "-", input: Data(lines.utf8))
        #expect(piped.status == 0, "\(piped.errors)")
        for name in ["a.png", "b.png"] {
            let drawn = try sosia.run(
                "tiny", "show", "--db", database, "-o", folder + "/" + name, "-n", "5", "--seed", "3")
            #expect(drawn.status == 0)
        }
        let contents = try ["a.png", "b.png"].map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)) }
        #expect(contents[0] == contents[1])
    }

    @Test func ahundredAreShownUnlessANumberIsNamed() throws {
        try sosia.folder.write([UInt8](repeating: 90, count: 130 * 3_072), to: "many.bin")
        for (name, side) in [("many.bin", 320), ("few.bin", 96)] {
            if name == "few.bin" { try sosia.folder.write([UInt8](repeating: 90, count: 9 * 3_072), to: name) }
            let path = folder + "/" + name + ".png"
            let show = try sosia.run("tiny", "show", "--db", folder + "/" + name, "-o", path)
            #expect(show.status == 0, "\(show.errors)")
            let pixels = try ImageDecoder().decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), maxSide: 999)
                .pixels
            #expect(pixels.width == side && pixels.height == side)
        }
    }

    @Test func badInputIsNamed() throws {
        try make()
        let beyond = try sosia.run("tiny", "search", "--db", database, "@9")
        #expect(beyond.errors == "sosia: there is no position 9 in \(database): it has 9 tiny images, 0 to 8\n")
        #expect(beyond.status == 1)
        #expect(try sosia.run("tiny", "show", "--db", database, "-o", folder + "/o.png", "9").status == 1)
        #expect(try sosia.run("tiny", "show", "--db", database, "-o", folder + "/o.gif", "1").status == 1)
        #expect(try sosia.run("tiny", "show", "--db", database, "-o", folder + "/o.png", "-n", "3", "1").status == 2)
        #expect(try sosia.run("tiny", "search", "--db", database, "@x").status == 2)
        #expect(try sosia.run("tiny", "search", "--db", database, "@1", "-n", "0").status == 2)

        try sosia.folder.write(Array(repeating: "1\n", count: 40_000).joined().utf8.map { $0 }, to: "list")
        let list = try Data(contentsOf: URL(fileURLWithPath: folder + "/list"))
        let long = try sosia.run(
            "tiny", "show", "--db", database, "-o", folder + "/long.png", "-c", "1", "-", input: list)
        #expect(
            long.errors == "sosia: \(folder)/long.png cannot be written: 32 x 1280000 pixels, the format has at most "
                + "1000000 a side\n")
        #expect(long.status == 1)
        let much = try sosia.run("tiny", "search", "--db", database, "@0", "@1", "-n", "600000", "--json")
        #expect(much.status == 2)
        #expect(much.errors.contains("2 pictures with -n 600000 are 1200000"))
        try sosia.folder.write(Array("\"a\"\n".utf8), to: "t.bin.names")
        let names = try sosia.run(
            "tiny", "run", "--db", database, "--images", folder + "/in", "--out", folder + "/named")
        #expect(names.status == 1)
        #expect(names.errors.hasPrefix("sosia: line 1 of \(database).names"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/named"), "it is said before the search")

        try sosia.folder.write([], to: "empty.bin")
        let empty = try sosia.run("tiny", "search", "--db", folder + "/empty.bin", "@0")
        #expect(empty.errors.contains("has 0 bytes"))
        #expect(empty.status == 1)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: database))
        try sosia.folder.write([UInt8](bytes.dropLast(1)), to: "short.bin")
        let short = try sosia.run("tiny", "search", "--db", folder + "/short.bin", "@0")
        #expect(short.errors.contains("the last 3071 bytes are no whole tiny image and are left out"))
        #expect(short.status == 0)
        #expect(short.lines.count == 8)

        try sosia.folder.write(Array("hello".utf8), to: "in/text.jpg")
        let make = try sosia.run("tiny", "make", "--from", folder + "/in", folder + "/u.bin")
        #expect(make.status == 3)
        #expect(make.output == "9 tiny images, 1 skipped\n")
        #expect(make.errors.contains("skipped text.jpg: not a picture"))
        let query = try sosia.run("tiny", "search", "--db", database, folder + "/in/text.jpg")
        #expect(query.errors.contains("text.jpg: not a picture"))
    }

    private func run(_ out: String, _ options: String..., database: String? = nil) throws -> Sosia.Result {
        try sosia.run(
            ["tiny", "run", "--db", database ?? self.database, "--images", folder + "/queries"]
                + ["--out", folder + "/" + out] + options)
    }

    private func scores(_ out: String, _ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(out)/scores/\(name).txt", encoding: .utf8)
    }

    /// Records that no sample of a few looks at are changed, in place and by another file of the same size.
    @Test(arguments: [false, true]) func aChangedFileIsSearchedAgain(isReplaced: Bool) throws {
        let path = folder + "/large.bin"
        var bytes = [UInt8](repeating: 0, count: 1_000 * 3_072)
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index / 3_072 * 7 + index) }
        try sosia.folder.write(bytes, to: "large.bin")
        try sosia.folder.write(picture(1), to: "queries/a.jpg")
        #expect(try run("out", "-n", "1000", database: path).output.hasPrefix("1 searched"))
        let before = try scores("out", "a.jpg")
        #expect(try run("out", "-n", "1000", database: path).output.hasPrefix("0 searched, 1 kept"))

        for index in 8 * 3_072..<9 * 3_072 { bytes[index] = 255 }
        let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        if isReplaced {
            // The same name, size and time, but not the same file.
            try sosia.folder.write(bytes, to: "other.bin")
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: folder + "/other.bin", toPath: path)
            try FileManager.default.setAttributes([.modificationDate: #require(time)], ofItemAtPath: path)
        } else {
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: 8 * 3_072)
            try file.write(contentsOf: [UInt8](repeating: 255, count: 3_072))
            try file.close()
        }
        #expect(try run("out", "-n", "1000", database: path).output.hasPrefix("1 searched"))
        #expect(try scores("out", "a.jpg") != before)
        #expect(try run("fresh", "-n", "1000", database: path).status == 0)
        #expect(try scores("out", "a.jpg") == scores("fresh", "a.jpg"))
    }

    @Test func anInterruptedRunLeavesNothingThatIsTakenForAnother() throws {
        try make()
        for number in 0..<3 { try sosia.folder.write(picture(number), to: "queries/\(number).jpg") }
        #expect(try run("out", "-n", "4").output.hasPrefix("3 searched"))
        // The picture is no longer asked about, and a run with another number stops after the first scores.
        try FileManager.default.removeItem(atPath: folder + "/queries/0.jpg")
        let obstacle = folder + "/out/scores/2.jpg.txt"
        try FileManager.default.removeItem(atPath: obstacle)
        try FileManager.default.createDirectory(atPath: obstacle + "/in", withIntermediateDirectories: true)
        let broken = try run("out", "-n", "2")
        #expect(broken.status == 1)
        try FileManager.default.removeItem(atPath: obstacle)

        // Back to the first number: nothing of the run between is kept.
        try sosia.folder.write(picture(0), to: "queries/0.jpg")
        #expect(try run("out", "-n", "4").output.hasPrefix("3 searched"))
        for number in 0..<3 {
            #expect(try scores("out", "\(number).jpg").split(separator: "\n").count == 4)
        }
        // What belongs to a picture that is gone is not left lying about, nor what belongs to another number.
        let files = ["scores/0.jpg.txt", "images_small/0.jpg.png", "summary_images/0.jpg.png"].map {
            folder + "/out/" + $0
        }
        #expect(files.allSatisfy(FileManager.default.fileExists(atPath:)))
        try FileManager.default.removeItem(atPath: folder + "/queries/0.jpg")
        #expect(try run("out", "-n", "4").output.hasPrefix("0 searched, 2 kept"))
        #expect(!files.contains(where: FileManager.default.fileExists(atPath:)))
        try sosia.folder.write(picture(0), to: "queries/0.jpg")
        #expect(try run("out", "-n", "4").output.hasPrefix("1 searched, 2 kept"))
        try FileManager.default.removeItem(atPath: folder + "/queries/0.jpg")
        #expect(try run("out", "-n", "3").output.hasPrefix("2 searched"))
        #expect(!files.contains(where: FileManager.default.fileExists(atPath:)))
    }

    @Test func aRunIsRepeatedToTheByte() throws {
        try make()
        let hostile = "queries/<b>&'\"ü.jpg"
        for (number, name) in ["queries/a.jpg", hostile].enumerated() {
            try sosia.folder.write(picture(number), to: name)
        }
        try sosia.folder.write(Array("no".utf8), to: "queries/bad.jpg")
        let files = [
            "images_small/a.jpg.png", "scores/a.jpg.txt", "summary_images/a.jpg.png", "summary.pdf", "summary.html",
        ]
        let first = try run("one", "-n", "4")
        #expect(first.status == 3)
        #expect(first.output == "2 searched, 0 kept from before: \(folder)/one\n")
        #expect(first.errors.contains("skipped bad.jpg: not a picture"))
        let scores = try String(contentsOfFile: folder + "/one/scores/a.jpg.txt", encoding: .utf8)
        #expect(scores.split(separator: "\n").count == 4)
        #expect(scores.hasPrefix("0.0000 0\n"))
        let html = try String(contentsOfFile: folder + "/one/summary.html", encoding: .utf8)
        #expect(html.contains("&lt;b&gt;&amp;&#39;&quot;ü.jpg") && !html.contains("<b>"))

        func contents(_ out: String) throws -> [Data] {
            try files.map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(out)/\($0)")) }
        }
        let before = try contents("one")
        #expect(try run("two", "-n", "4").output.hasPrefix("2 searched"))
        #expect(try contents("two") == before)
        // Nothing is searched for again, unless a picture is new or changed.
        #expect(try run("one", "-n", "4").output.hasPrefix("0 searched, 2 kept"))
        #expect(try contents("one") == before)
        try sosia.folder.write(picture(5), to: "queries/a.jpg")
        #expect(try run("one", "-n", "4").output.hasPrefix("1 searched, 1 kept"))
        #expect(try contents("one") != before)
    }
}
