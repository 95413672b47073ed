import FileSystem
import Foundation
import SosiaCore

/// One HTML file that needs no other, because the pictures are in it, written section by section; it gets its name when
/// it is whole.
final class HTMLReport {
    private let pending: PendingFile
    private var file: FileWriter

    init(_ report: Report, creating path: String) throws(ReportError) {
        pending = PendingFile(path)
        do throws(FileError) {
            file = try FileWriter(creating: pending.temporary)
        } catch {
            throw .unwritable(path: path, reason: error.reason)
        }
        try write(Self.head(report))
    }

    func append(_ section: Report.Section) throws(ReportError) { try write(Self.section(section)) }

    func finish() throws(ReportError) {
        try write(Self.tail)
        try pending.finish()
    }

    private func write(_ text: String) throws(ReportError) {
        do throws(FileError) {
            try file.append(Array(text.utf8).span.bytes)
        } catch {
            throw .unwritable(path: pending.path, reason: error.reason)
        }
    }

    private static let style = """
        body{font:15px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222}
        h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;overflow-wrap:anywhere;border-top:1px solid #ccc;padding-top:1rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}dt{color:#666}dd{margin:0;overflow-wrap:anywhere}
        ol{display:flex;flex-wrap:wrap;gap:.75rem;list-style:none;padding:0}figure{margin:0;width:10rem}
        img,.absent{max-width:10rem;max-height:10rem;display:block;background:#e1e1e1}.absent{width:10rem;height:10rem}
        figcaption{font-size:.8rem;overflow-wrap:anywhere;white-space:pre-line}.query img{outline:3px solid #d65420}
        .groups{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:1.5rem}h3{font-size:1rem;margin:1rem 0 0}
        """

    private static func head(_ report: Report) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(report.title))</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <h1>\(escaped(report.title))</h1>
        \(list(report.facts))
        """
    }

    private static let tail = "</body>\n</html>\n"

    private static func section(_ section: Report.Section) -> String {
        """
        <section>
        <h2>\(escaped(section.title))</h2>
        \(list(section.facts))\
        \(figure(section.query, isQuery: true))
        \(groups(section.groups))\
        </section>

        """
    }

    private static func groups(_ groups: [Report.Group]) -> String {
        guard groups.count > 1 else { return groups.map(list).joined() }
        let columns = groups.map { "<div>\n<h3>\(escaped($0.title))</h3>\n\(list($0))</div>\n" }
        return "<div class=\"groups\">\n\(columns.joined())</div>\n"
    }

    private static func list(_ group: Report.Group) -> String {
        let neighbors = group.neighbors.map { "<li>\(figure($0, isQuery: false))</li>\n" }.joined()
        return "<ol>\n\(neighbors)</ol>\n"
    }

    private static func list(_ facts: [Report.Fact]) -> String {
        guard !facts.isEmpty else { return "" }
        let rows = facts.map { "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>\n" }
        return "<dl>\n\(rows.joined())</dl>\n"
    }

    private static func figure(_ entry: Report.Entry, isQuery: Bool) -> String {
        let caption = escaped(entry.lines.joined(separator: "\n"))
        let picture =
            entry.picture.map { picture in
                let data = Data(picture.jpeg).base64EncodedString()
                let size = "width=\"\(picture.pixels.width)\" height=\"\(picture.pixels.height)\""
                return "<img alt=\"\" \(size) src=\"data:image/jpeg;base64,\(data)\">"
            } ?? "<div class=\"absent\"></div>"
        return "<figure\(isQuery ? " class=\"query\"" : "")>\(picture)<figcaption>\(caption)</figcaption></figure>"
    }

    /// Text as text: names of files come from anywhere.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n": out += "\n"
            case _ where scalar.isUnseen: out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension Unicode.Scalar {
    /// Control characters, and those that turn the direction of the text around them.
    var isUnseen: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        default: false
        }
    }
}
