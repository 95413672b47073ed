import Foundation
import Reports
import SosiaCore
import Testing

struct ReportTests {
    static func write(
        _ report: Report, _ sections: [Report.Section] = [], pdf: String? = nil, html: String? = nil
    ) throws {
        let writer = try ReportWriter(report, pdf: pdf, html: html)
        for section in sections { try writer.append(section) }
        try writer.finish()
    }

    static func html(_ report: Report, _ sections: [Report.Section]) throws -> String {
        let path = temporary("html")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(report, sections, html: path)
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    static func report(_ name: String, neighbors: Int = 40) throws -> (Report, [Report.Section]) {
        func entry(_ number: Int) throws -> Report.Entry {
            let bytes = (0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 * (number + 3) / 7) }
            let pixels = try #require(PixelImage(width: 32, height: 32, bytes: bytes))
            return Report.Entry(picture: try ReportPicture(pixels), lines: ["\(number)  1.2500", name])
        }
        return (
            Report(title: "Report on " + name, facts: [Report.Fact("pictures", "7"), Report.Fact("name", name)]),
            try (0..<3).map { section in
                Report.Section(
                    title: "\(name) \(section)", facts: [Report.Fact("search", "exact")], query: try entry(section),
                    neighbors: try (0..<neighbors).map(entry) + [Report.Entry(picture: nil, lines: ["gone"])])
            }
        )
    }

    static func temporary(_ ending: String) -> String {
        FileManager.default.temporaryDirectory.path + "/sosia-report-\(UUID().uuidString)." + ending
    }

    static let hostile = "<script>alert(\"1\")</script>&amp;'\u{202E}\u{7}\n ü 猫 🐈.jpg"

    @Test func equalReportsAreEqualBytes() throws {
        let paths = [Self.temporary("pdf"), Self.temporary("pdf"), Self.temporary("html"), Self.temporary("html")]
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        for (index, path) in paths.enumerated() {
            let (report, sections) = try Self.report("one")
            try Self.write(report, sections, pdf: index < 2 ? path : nil, html: index < 2 ? nil : path)
        }
        let contents = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(contents[0] == contents[1])
        #expect(contents[2] == contents[3])
        #expect(contents[0].starts(with: Array("%PDF-1.".utf8)))
    }

    @Test func namesOfFilesAreTextInHTML() throws {
        let (report, sections) = try Self.report(Self.hostile, neighbors: 1)
        let html = try Self.html(report, sections)
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</section>\n</body>\n</html>\n"))
        #expect(!html.contains("<script"))
        #expect(
            html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&#39;\u{FFFD}\u{FFFD}\n ü 猫 🐈.jpg")
        )
        #expect(!html.unicodeScalars.contains("\u{202E}"))
        #expect(!html.contains("http://") && !html.contains("https://"))
    }

    @Test(.enabled(if: Poppler.isInstalled, "pdftotext is not installed: run ./test.sh"))
    func pagesCanBeReadByOthers() throws {
        let path = Self.temporary("pdf")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (report, sections) = try Self.report(Self.hostile)
        try Self.write(report, sections, pdf: path)
        let facts = try Poppler.run("pdfinfo", path)
        #expect(facts.contains("A4"))
        #expect(facts.contains("Creator") || facts.contains("Producer"))
        #expect(facts.contains("2000"), "the dates are fixed: \(facts)")
        #expect(facts.contains(/Pages: +[3-9]\n/))
        let text = try Poppler.run("pdftotext", path, "-")
        #expect(text.contains("<script>alert(\"1\")</script>&amp;'"))
        #expect(text.contains("1.2500"))
        #expect(text.contains("gone"))
        #expect(try Poppler.run("pdfimages", "-list", path).split(separator: "\n").count > 20)
    }

    @Test(.enabled(if: Poppler.isInstalled, "pdftotext is not installed: run ./test.sh"))
    func groupsStandBesideEachOther() throws {
        func entries(_ word: String, _ count: Int) -> [Report.Entry] {
            (0..<count).map { Report.Entry(picture: nil, lines: ["\(word)\($0)"]) }
        }
        let report = Report(title: "two", facts: [])
        let section = Report.Section(
            title: "one", facts: [], query: Report.Entry(picture: nil, lines: ["the picture"]),
            groups: [
                Report.Group(title: "by <pixels>", neighbors: entries("near", 5)),
                Report.Group(title: "by network", neighbors: entries("alike", 4)),
            ])
        let html = try Self.html(report, [section])
        #expect(html.contains("<h3>by &lt;pixels&gt;</h3>"))
        #expect(html.split(separator: "<ol>").count == 3)
        let path = Self.temporary("pdf")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write(report, [section], pdf: path)
        let lines = try Poppler.run("pdftotext", "-layout", path, "-").split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.contains("by <pixels> by network"))
        #expect(lines.contains("near0 near1 near2 alike0 alike1 alike2"))
        #expect(lines.contains("near3 near4 alike3"))
    }

    @Test func anEmptyReportIsOne() throws {
        let path = Self.temporary("pdf")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write(Report(title: "", facts: []), pdf: path)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func whatCannotBeWrittenIsAnError() throws {
        let (report, sections) = try Self.report("one", neighbors: 1)
        #expect(throws: ReportError.self) { try Self.write(report, sections, pdf: "/nowhere/at/all.pdf") }
        #expect(throws: ReportError.self) { try Self.write(report, sections, html: "/nowhere/at/all.html") }
    }

    @Test func whatIsNotFinishedIsNotThere() throws {
        let paths = (pdf: Self.temporary("pdf"), html: Self.temporary("html"))
        let (report, sections) = try Self.report("one", neighbors: 1)
        for _ in 0..<1 {
            let writer = try ReportWriter(report, pdf: paths.pdf, html: paths.html)
            try writer.append(sections[0])
        }
        for path in [paths.pdf, paths.html] {
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(!FileManager.default.fileExists(atPath: path + ".next"))
        }
    }
}

/// Tools of another PDF library.
enum Poppler {
    static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")

    static func run(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
