import Foundation
import Images
import SosiaCore
import Testing

/// `sosia mosaic` and `sosia report`, with a network of a few numbers.
struct ReportTests {
    let sosia: Sosia
    let environment: [String: String]
    var folder: String { sosia.folder.path }

    init() throws {
        sosia = try Sosia()
        environment = try sosia.addTinyModel()
        for number in 0..<5 { try sosia.folder.write(picture(number), to: "in/\(number).jpg") }
        try sosia.folder.write(picture(7), to: "in/<img src=x>&\".jpg")
        let add = try sosia.run(
            "add", folder + "/in", "--model", "tiny", "--set", "shop=A", environment: environment)
        try #require(add.status == 0, "\(add.errors)")
        try sosia.run("add", folder + "/in/2.jpg", "--set", "shop=B", environment: environment)
    }

    private func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)) }

    @Test func mosaicsTakeIDsHitsAndFiles() throws {
        func mosaic(_ name: String, _ arguments: [String], input: String? = nil) throws -> Sosia.Result {
            let process = ["mosaic", "-o", folder + "/" + name, "--side", "40", "-c", "2"] + arguments
            return try sosia.run(process, input: input.map { Data($0.utf8) }, environment: environment)
        }
        #expect(try mosaic("ids.png", ["id:1", "2", "3"]).status == 0)
        let pixels = try ImageDecoder().decode([UInt8](data("ids.png")), maxSide: 80).pixels
        #expect(pixels.width == 80 && pixels.height == 80)
        #expect(try mosaic("paths.png", (0..<3).map { "\(folder)/in/\($0).jpg" }).status == 0)
        #expect(try data("paths.png") == data("ids.png"))

        let lines = try sosia.run("search", "id:1", "-k", "3", environment: environment).output
        let json = try sosia.run("search", "id:1", "-k", "3", "--json", environment: environment).output
        #expect(try mosaic("lines.png", ["-"], input: lines).status == 0)
        #expect(try mosaic("json.png", ["-"], input: json).status == 0)
        #expect(try data("lines.png") == data("json.png"))

        let labelled = try mosaic("labels.png", ["1", "2", "3", "--label", "shop"])
        #expect(labelled.output == "#332288\tA\n#88ccee\tB\n")
        let framed = try ImageDecoder().decode([UInt8](data("labels.png")), maxSide: 200).pixels
        #expect(framed.width == 96)
        #expect(Array(framed.bytes.prefix(3)) == [0x33, 0x22, 0x88])

        let gone = try mosaic("gone.jpg", ["1", folder + "/nothing.jpg"])
        #expect(gone.status == 3)
        #expect(gone.errors.contains("skipped \(folder)/nothing.jpg"))
        #expect(try mosaic("wrong.gif", ["1"]).status == 1)
        // Lists of ids grow old.
        for arguments in [["1", "99", "3"], ["1", "99", "3", "--label", "shop"]] {
            let stale = try mosaic("stale.png", arguments)
            #expect(stale.status == 3)
            #expect(stale.errors == "skipped id:99: there is no such picture any more, or it cannot be read\n")
        }
        #expect(try ImageDecoder().decode([UInt8](data("stale.png")), maxSide: 200).pixels.height == 96)
    }

    @Test func reportsAreReproducedToTheByte() throws {
        for round in ["1", "2"] {
            let report = try sosia.run(
                "report", "id:1", folder + "/in/2.jpg", "-k", "4", "--pdf", "\(folder)/\(round).pdf", "--html",
                "\(folder)/\(round).html", environment: environment)
            #expect(report.status == 0, "\(report.errors)")
        }
        #expect(try data("1.pdf") == data("2.pdf"))
        #expect(try data("1.html") == data("2.html"))
        let html = String(decoding: try data("1.html"), as: UTF8.self)
        #expect(html.contains("&lt;img src=x&gt;&amp;&quot;.jpg") && !html.contains("<img src=x"))
        #expect(html.contains("vectors compared"))
        #expect(!html.contains("<dt>time</dt>"))
        let timed = try sosia.run(
            "report", "id:1", "--timings", "--html", "\(folder)/t.html", environment: environment)
        #expect(timed.status == 0)
        #expect(String(decoding: try data("t.html"), as: UTF8.self).contains("<dt>time</dt>"))
        #expect(try sosia.run("report", "id:1", environment: environment).status == 2)
        #expect(try sosia.run("report", "id:99", "--pdf", folder + "/x.pdf", environment: environment).status == 1)
    }

    private struct Written: Decodable {
        struct Query: Decodable {
            struct Hit: Decodable {
                let rank: Int
                let id: Int
                let distance: Double
                let path: String
            }

            let query: String
            let hits: [Hit]
        }

        let pdf: String?
        let html: String
        let title: String
        let queries: [Query]
    }

    @Test func reportsTellWhatTheyWroteAndFound() throws {
        let html = folder + "/r.html"
        let file = folder + "/in/2.jpg"
        let report = try sosia.run(
            "report", "id:1", file, "-k", "3", "--html", html, "--title", "Both", "--json", environment: environment)
        try #require(report.status == 0, "\(report.errors)")
        let written = try JSONDecoder().decode(Written.self, from: Data(report.output.utf8))
        #expect(written.html == html && written.pdf == nil && written.title == "Both")
        #expect(FileManager.default.fileExists(atPath: html))
        #expect(written.queries.map(\.query) == ["id:1", file])
        #expect(written.queries.allSatisfy { $0.hits.map(\.rank) == [1, 2, 3] })
        #expect(written.queries[1].hits[0].path == file)
        // The same as a search finds.
        let lines = try sosia.run("search", "id:1", "-k", "3", environment: environment).output.split(separator: "\n")
        #expect(
            lines.map { $0.split(separator: "\t")[1] } == written.queries[0].hits.map { "\($0.id)" })
        // Without --json nothing is printed.
        let silent = try sosia.run("report", "id:1", "--html", html, environment: environment)
        #expect(silent.status == 0 && silent.output.isEmpty)
    }

    @Test func reportsSearchAsASearchDoes() throws {
        let html = folder + "/where.html"
        let report = try sosia.run(
            "report", "id:1", "--where", "shop = 'B'", "--html", html, "--json", environment: environment)
        try #require(report.status == 0, "\(report.errors)")
        let written = try JSONDecoder().decode(Written.self, from: Data(report.output.utf8))
        #expect(written.queries[0].hits.map(\.path) == [folder + "/in/2.jpg"])
        #expect(String(decoding: try data("where.html"), as: UTF8.self).contains("shop = &#39;B&#39;"))
        let wrong = ["--recall", "0.9"]
        #expect(try sosia.run(["report", "id:1", "--html", html] + wrong, environment: environment).status == 2)
    }
}
