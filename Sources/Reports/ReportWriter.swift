import FileSystem

/// Writes a report section by section, as PDF, HTML or both; of the pictures only those of one section are in memory.
///
/// Equal calls write equal bytes: nothing in the files says when or where they were made. They get their names when
/// they are complete; without ``finish()`` nothing remains of them.
package final class ReportWriter {
    private let pdf: PDFReport?
    private let html: HTMLReport?

    /// - Parameters:
    ///   - pdf: pages of A4.
    ///   - html: one file with the pictures in it.
    package init(_ report: Report, pdf: String? = nil, html: String? = nil) throws(ReportError) {
        self.pdf = if let pdf { try PDFReport(report, creating: pdf) } else { nil }
        self.html = if let html { try HTMLReport(report, creating: html) } else { nil }
    }

    /// The next query.
    /// - Throws: ``ReportError``
    package func append(_ section: Report.Section) throws(ReportError) {
        try pdf?.append(section)
        try html?.append(section)
    }

    /// Completes the files and gives them their names.
    /// - Throws: ``ReportError``
    package func finish() throws(ReportError) {
        try pdf?.finish()
        try html?.finish()
    }
}

extension PendingFile {
    /// Gives the file its name.
    func finish() throws(ReportError) {
        do throws(FileError) {
            try complete()
        } catch {
            throw .unwritable(path: path, reason: error.reason)
        }
    }
}

/// Why a report was not written.
package enum ReportError: Error, Hashable, Sendable {
    case libraryMissing(library: String, package: String)
    case unwritable(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .libraryMissing(let library, let package):
            "\(library) is missing or too old: apt-get install \(package)"
        case .unwritable(let path, let reason): "the report \(path) cannot be written: \(reason)"
        }
    }
}
