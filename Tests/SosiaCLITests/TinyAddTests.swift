import Foundation
import Testing

/// `sosia add --tiny` and what follows, as a user runs it.
@Suite(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"))
struct TinyAddTests {
    let sosia: Sosia
    let models: [String: String]
    var folder: String { sosia.folder.path }
    var database: String { folder + "/t.bin" }

    init() throws {
        sosia = try Sosia()
        models = try sosia.addTinyModel()
        for number in 0..<9 { try sosia.folder.write(picture(number), to: "in/\(number).jpg") }
        let make = try sosia.run("tiny", "make", "--from", folder + "/in", database)
        try #require(make.status == 0, "\(make.errors)")
    }

    private func run(_ arguments: String...) throws -> Sosia.Result {
        try sosia.run(arguments, environment: models)
    }

    private func add() throws -> Sosia.Result { try run("add", "--model", "tiny", "--tiny", database) }

    @Test func aFileIsAddedSearchedShownAndRemoved() throws {
        let added = try add()
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.errors == "")
        #expect(added.output.hasPrefix("9 added in"))
        #expect(try add().output.hasPrefix("9 unchanged in"))

        let lines = try run("search", "id:1", "-k", "20").lines.map { $0.split(separator: "\t").map(String.init) }
        #expect(Set(lines.map { $0[2] }) == Set((1..<9).map { "\(database)#\($0)" }))
        #expect(lines.allSatisfy { $0.count == 3 })
        let hits = try #require(try run("search", "id:1", "-k", "20", "--json").json()["hits"] as? [[String: Any]])
        #expect(hits.map { $0["path"] as? String } == lines.map { $0[2] })
        for hit in hits {
            let position = try #require((hit["tile"] as? [String: Any])?["position"] as? Int)
            #expect(hit["path"] as? String == "\(database)#\(position)")
            #expect((hit["attributes"] as? [String: Any])?["name"] as? String == "\(position).jpg")
        }
        let named = try run("search", "id:1", "--where", "name = '4.jpg'")
        #expect(named.output.hasSuffix("\(database)#4\n"))

        let shown = try run("show", "3").output
        #expect(shown.contains("path\t\(database)#2\n"))
        #expect(shown.contains("name\t2.jpg\n"))
        let sheet = folder + "/sheet.jpg"
        #expect(try run("search", "id:1", "--sheet", sheet).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: sheet)).starts(with: [0xff, 0xd8]))
        #expect(try run("status").output.contains("tiny\t\(database)\t9 tiny images\n"))
        #expect(try run("verify").status == 0)
        #expect(try run("remove", database).output == "9 removed\n")
        #expect(try run("status").output.contains("pictures\t0\n"))
    }

    @Test func aFileThatChangedOrIsGoneIsSaidSo() throws {
        _ = try add()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: database)))
        try sosia.folder.write(bytes.dropLast(1), to: "t.bin")
        let region = try run("search", "id:1", "--region", "0,0,9,9")
        #expect(region.status == 1)
        #expect(region.errors.contains("has changed"))
        let report = try run(
            "tiny", "run", "--db", database, "--images", folder + "/in", "--out", folder + "/out",
            "--store", sosia.store)
        #expect(report.status == 1)
        #expect(report.errors.contains("has changed"))
        let again = try add()
        #expect(again.output.hasPrefix("8 unchanged, 1 removed"), "\(again.output)")
        #expect(again.errors.contains("note: \(database): the last 3071 bytes are no whole tiny image"))
        try FileManager.default.removeItem(atPath: database)
        #expect(try run("status").output.contains("is gone"))
        #expect(try run("search", "id:1", "-k", "1").status == 0)
        #expect(try add().status == 3)
        #expect(try run("add", "--tiny", "--tiles", "32", database).status == 2)
    }

    @Test func bothNeighboursAreShownBesideEachOther() throws {
        try sosia.folder.write(picture(3), to: "queries/a.jpg")
        func report(_ out: String) throws -> Sosia.Result {
            try run(
                "tiny", "run", "--db", database, "--images", folder + "/queries", "--out", folder + "/" + out, "--top",
                "4", "--store", sosia.store)
        }
        let photos = try run("add", "--model", "tiny", folder + "/in")
        #expect(photos.status == 0, "\(photos.errors)")
        let early = try report("one")
        #expect(early.status == 1)
        #expect(early.errors.contains("add it with sosia add --tiny"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/one"))
        // Another file with the same pictures, which are no neighbours in this one.
        #expect(try run("tiny", "make", "--from", folder + "/in", folder + "/u.bin").status == 0)
        #expect(try run("add", "--tiny", folder + "/u.bin", database).output.hasPrefix("18 added"))
        let done = try report("one")
        #expect(done.status == 0, "\(done.errors)")
        let html = try String(contentsOfFile: folder + "/one/summary.html", encoding: .utf8)
        #expect(html.contains("<dt>model</dt><dd>tiny</dd>"))
        let groups = html.split(separator: "<h3>").dropFirst()
        #expect(groups.map { $0.prefix { $0 != "<" } } == ["by pixels", "by deep embedding"])
        for group in groups {
            let positions = group.matches(of: /\n@([0-8])\n/).map { $0.output.1 }
            #expect(positions.count == 4)
            #expect(Set(positions).count == 4)
            // The picture itself is in the file.
            #expect(positions.first == "3")
        }
        #expect(try report("two").status == 0)
        for name in ["summary.html", "summary.pdf"] {
            let files = try ["one", "two"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)/\(name)")) }
            #expect(files[0] == files[1])
        }
    }
}
