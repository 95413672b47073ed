import Foundation

/// Pages of A4 that are drawn section by section; they get their name when they are whole.
///
/// Letters that the font lacks are shown as boxes; the HTML report has them all.
final class PDFReport {
    private let path: String
    private let next: String
    private let file: PDFFile
    private var page: PDFPage

    init(_ report: Report, creating path: String) throws(ReportError) {
        self.path = path
        next = path + ".next"
        file = try PDFFile(
            creating: next, for: path, width: PDFPage.width, height: PDFPage.height,
            title: PDFPage.printed(report.title))
        page = PDFPage(file: file)
        page.write(report.title, PDFFile.Style(size: 18, isBold: true))
        page.write(report.facts)
    }

    deinit { unlink(next) }

    func append(_ section: Report.Section) throws(ReportError) {
        page.begin(section)
        page.write(section.facts)
        try page.draw([[section.query]])
        if section.groups.count > 1 { page.write(titles: section.groups.map(\.title)) }
        try page.draw(section.groups.map(\.neighbors))
    }

    func finish() throws(ReportError) {
        try file.finish()
        guard rename(next, path) == 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
