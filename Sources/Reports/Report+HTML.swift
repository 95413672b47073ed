import Foundation
import SosiaCore

extension Report {
    /// Writes one HTML file that needs no other: the pictures are in it.
    /// - Throws: ``ReportError``
    public func writeHTML(to path: String) throws(ReportError) {
        do {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
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

    /// The whole document.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <h1>\(Self.escaped(title))</h1>
        \(Self.list(facts))\
        \(sections.map(Self.section).joined())\
        </body>
        </html>

        """
    }

    private static func section(_ section: Section) -> String {
        """
        <section>
        <h2>\(escaped(section.title))</h2>
        \(list(section.facts))\
        \(figure(section.query, isQuery: true))
        \(groups(section.groups))\
        </section>

        """
    }

    private static func groups(_ groups: [Group]) -> String {
        guard groups.count > 1 else { return groups.map(list).joined() }
        let columns = groups.map { "<div>\n<h3>\(escaped($0.title))</h3>\n\(list($0))</div>\n" }
        return "<div class=\"groups\">\n\(columns.joined())</div>\n"
    }

    private static func list(_ group: Group) -> String {
        let neighbors = group.neighbors.map { "<li>\(figure($0, isQuery: false))</li>\n" }.joined()
        return "<ol>\n\(neighbors)</ol>\n"
    }

    private static func list(_ facts: [Fact]) -> String {
        guard !facts.isEmpty else { return "" }
        let rows = facts.map { "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>\n" }
        return "<dl>\n\(rows.joined())</dl>\n"
    }

    private static func figure(_ entry: Entry, isQuery: Bool) -> String {
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
