import Foundation
import SessionSupport
import Testing

@testable import SosiaCLI

/// What `sosia add` says of what it does not take, and how it ends.
struct PassingOverTests {
    let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private var photos: String { folder.path + "/photos" }

    private func write(_ bytes: [UInt8], _ names: String...) throws {
        for name in names { try folder.write(bytes, to: "photos/" + name) }
    }

    private func run(_ arguments: String...) async -> (status: SosiaCLI.ExitStatus, text: String) {
        await SosiaCommand.captured(arguments + ["--store", folder.path + "/a.sosia"])
    }

    @Test func kindsAreCountedAtTheEnd() async throws {
        try write([0], "1.docx", "2.docx", "3.DOCX", "a.blend", "x/b.blend", "notes.txt")
        let nothing = await run("add", photos)
        #expect(nothing.status == .skippedFiles)
        #expect(
            nothing.text.contains(
                "6 files of kinds that are not read: 3 docx, 2 blend, 1 txt\nno picture that can be read in "),
            "\(nothing.text)")
        try write(picture(1), "1.jpg")
        let some = await run("add", photos)
        #expect(some.status == .done)
        #expect(
            some.text.contains("5 files of kinds that are not read: 3 docx, 2 blend\n1 added in "), "\(some.text)")
    }

    @Test func picturesThatAreNotReadAreMissed() async throws {
        try write(picture(1), "a.jpg", "b", "c.jpg_large")
        try write([0], "d.CR2", "f.cr2", "h.raf", "notes.txt")
        let add = await run("add", photos)
        #expect(add.status == .skippedFiles)
        #expect(add.text.contains("3 files of kinds that are not read: 2 cr2, 1 raf\n"), "\(add.text)")
        #expect(!add.text.contains("txt"))
    }

    @Test func jsonCountsAllOfIt() async throws {
        try write(picture(1), "a.jpg")
        try write([0], "d.x3f", "notes.txt", "@eaDir/thumb.jpg", ".hidden.jpg", "b.skip")
        let add = await run("add", photos, "--json", "--exclude", "*.skip")
        let line = try #require(add.text.split(separator: "\n").last)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let passedOver = try #require(json["passed_over"] as? [String: Any])
        #expect(passedOver["hidden"] as? Int == 1)
        #expect(passedOver["excluded"] as? Int == 1)
        #expect(passedOver["system"] as? [String: Int] == ["@eaDir": 1])
        let kinds = try #require(passedOver["not_read"] as? [[String: Any]])
        #expect(kinds.map { $0["kind"] as? String } == ["txt", "x3f"])
        #expect(kinds.map { $0["files"] as? Int } == [1, 1])
        #expect(add.text.contains("passed over: 1 @eaDir, 1 hidden (--include-hidden takes them), 1 excluded\n"))
    }

    @Test func manyKindsAreNotAllListed() async throws {
        for number in 0..<30 { try write([0], "\(number).zz\(number)") }
        let add = await run("add", photos)
        #expect(add.text.contains(", 1 zz19, and 18 kinds more\n"), "\(add.text)")
    }

    @Test func patternsAreShownAndRefused() async throws {
        try write(picture(1), "a.jpg", "raw/b.jpg")
        #expect(await run("add", photos, "--exclude", "#recycle", "--exclude", "raw/").status == .done)
        #expect(await run("status").text.contains("exclude\t#recycle\nexclude\traw/\n"))
        #expect(await run("status", "--json").text.contains(##""exclude":["#recycle","raw/"]"##))
        let wrong = await run("add", photos, "--exclude", "[a")
        #expect(wrong.status == .usage)
        #expect(wrong.text.contains("--exclude \"[a\" matches nothing"))
        #expect(await run("add", "--tiny", photos, "--rehash").status == .usage)
    }

    @Test func aFolderThatIsEmptyIsNamed() async throws {
        try write(picture(1), "local/1.jpg")
        try write(picture(2), "usb/2.jpg")
        _ = await run("add", photos)
        try FileManager.default.removeItem(atPath: photos + "/usb/2.jpg")
        let prune = await run("add", photos, "--prune")
        #expect(prune.status == .skippedFiles)
        #expect(prune.text.contains("skipped \(photos)/usb: nothing is there, perhaps its disk is not mounted"))
        #expect(await run("add", photos, "--prune", "--force").text.contains("1 pruned"))
    }

    @Test func filesAreHashedWhereThatIsAskedFor() async throws {
        try write(picture(1), "1.jpg")
        _ = await run("add", photos)
        #expect(await run("verify", "--files").text == "1 pictures, 1 files, nothing wrong\n")
        try write(picture(2), "1.jpg")
        let verify = await run("verify", "--files", "--json")
        #expect(verify.status == .failed)
        #expect(verify.text.contains(#""files":1"#))
        #expect(verify.text.contains("1.jpg is not what picture 1 was made from"))
        #expect(await run("add", photos, "--rehash").text.contains("1 changed"))
        #expect(await run("verify", "--files").status == .done)
    }
}
