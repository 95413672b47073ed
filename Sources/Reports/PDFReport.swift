import FileSystem
import Foundation
import SosiaCore

/// Pages of A4 that are drawn section by section; they get their name when they are whole.
///
/// Letters that the font lacks are shown as boxes; the HTML report has them all.
final class PDFReport {
    private let pending: PendingFile
    private let file: PDFFile
    private var page: PDFPage

    init(_ report: Report, creating path: String) throws(ReportError) {
        pending = PendingFile(path)
        file = try PDFFile(
            creating: pending.temporary, for: path, width: PDFPage.width, height: PDFPage.height,
            title: PDFPage.printed(report.title))
        page = PDFPage(file: file)
        page.write(report.title, PDFFile.Style(size: 18, isBold: true))
        page.write(report.facts)
    }

    func append(_ section: Report.Section) throws(ReportError) {
        page.begin(section)
        page.write(section.facts)
        try page.draw([[section.query]])
        if section.groups.count > 1 { page.write(titles: section.groups.map(\.title)) }
        try page.draw(section.groups.map(\.neighbors))
    }

    func finish() throws(ReportError) {
        try file.finish()
        try pending.finish()
    }
}

/// Where the next thing goes on a page.
struct PDFPage {
    static let width = 595.0
    static let height = 842.0
    private static let margin = 42.0
    private static let columns = Report.Section.maximumGroups
    private static let gap = 8.0
    private static let lineHeight = 1.35
    private static let body = PDFFile.Style(size: 9)
    private static let name = PDFFile.Style(size: 9, grey: 0.4)
    private static let caption = PDFFile.Style(size: 6.5, grey: 0.15)
    private static let groupTitle = PDFFile.Style(size: 9, isBold: true)
    private static let nameWidth = 120.0

    private let file: PDFFile
    private var y = margin

    init(file: PDFFile) { self.file = file }

    private static var inside: Double { width - 2 * margin }

    /// Of a picture.
    private static var side: Double { (inside - Double(columns - 1) * gap) / Double(columns) }

    /// Turns to the next page unless this much room is left.
    private mutating func need(_ space: Double) {
        guard y + space > Self.height - Self.margin else { return }
        file.nextPage()
        y = Self.margin
    }

    mutating func write(_ text: String, _ style: PDFFile.Style) {
        need(style.size * Self.lineHeight)
        y += style.size * Self.lineHeight
        file.draw(fitting(text, Self.inside, style), x: Self.margin, y: y, style)
    }

    mutating func write(_ facts: [Report.Fact]) {
        y += 4
        for fact in facts {
            need(Self.body.size * Self.lineHeight)
            y += Self.body.size * Self.lineHeight
            file.draw(fitting(fact.name, Self.nameWidth - Self.gap, Self.name), x: Self.margin, y: y, Self.name)
            let value = fitting(fact.value, Self.inside - Self.nameWidth, Self.body)
            file.draw(value, x: Self.margin + Self.nameWidth, y: y, Self.body)
        }
        y += 6
    }

    /// A section starts where its title, facts and first pictures have room.
    mutating func begin(_ section: Report.Section) {
        need(240)
        y += 14
        file.rule(y: y, from: Self.margin, to: Self.width - Self.margin)
        y += 4
        write(section.title, PDFFile.Style(size: 12, isBold: true))
    }

    /// The titles of groups, each above its columns.
    mutating func write(titles: [String]) {
        let columns = Self.columns / max(titles.count, 1)
        let width = Double(columns) * (Self.side + Self.gap) - Self.gap
        // Never alone at the end of a page.
        need(Self.groupTitle.size * Self.lineHeight + Self.side * 1.5)
        y += Self.groupTitle.size * Self.lineHeight
        for (index, title) in titles.enumerated() {
            let x = Self.margin + Double(index * columns) * (Self.side + Self.gap)
            file.draw(fitting(title, width, Self.groupTitle), x: x, y: y, Self.groupTitle)
        }
        y += 4
    }

    /// Groups side by side, row by row.
    mutating func draw(_ groups: [[Report.Entry]]) throws(ReportError) {
        let columns = Self.columns / max(groups.count, 1)
        let lines = groups.joined().map(\.lines.count).max() ?? 0
        let rowHeight = Self.side + Double(lines) * Self.caption.size * Self.lineHeight + Self.gap
        for start in stride(from: 0, to: groups.map(\.count).max() ?? 0, by: columns) {
            need(rowHeight)
            for (index, entries) in groups.enumerated() {
                for (column, entry) in entries.dropFirst(start).prefix(columns).enumerated() {
                    let place = Double(index * columns + column)
                    try draw(entry, x: Self.margin + place * (Self.side + Self.gap), side: Self.side)
                }
            }
            y += rowHeight
        }
    }

    private func draw(_ entry: Report.Entry, x: Double, side: Double) throws(ReportError) {
        if let picture = entry.picture {
            let scale = side / Double(max(picture.pixels.width, picture.pixels.height))
            let (width, height) = (Double(picture.pixels.width) * scale, Double(picture.pixels.height) * scale)
            try file.draw(picture, x: x, y: y + side - height, width: width, height: height)
        }
        for (line, text) in entry.lines.enumerated() {
            let base = y + side + Double(line + 1) * Self.caption.size * Self.lineHeight
            file.draw(fitting(text, side, Self.caption), x: x, y: base, Self.caption)
        }
    }

    /// One line that can be shown.
    static func printed(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "\n" ? "\\n" : $0.isUnseen ? "\u{FFFD}" : String($0) }.joined()
    }

    /// The text, its middle left out where it is too long: of a path both ends say something.
    private func fitting(_ text: String, _ width: Double, _ style: PDFFile.Style) -> String {
        let text = Self.printed(text)
        guard file.width(of: text, style) > width else { return text }
        let characters = Array(text)
        var (least, most) = (0, characters.count)
        while least < most {
            let kept = (least + most + 1) / 2
            if file.width(of: shortened(characters, kept), style) <= width { least = kept } else { most = kept - 1 }
        }
        return shortened(characters, least)
    }

    private func shortened(_ characters: [Character], _ kept: Int) -> String {
        let front = kept / 3
        return String(characters.prefix(front)) + "…" + String(characters.suffix(kept - front))
    }
}
