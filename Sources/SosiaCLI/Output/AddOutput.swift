import Foundation
import Sosia

/// What `sosia add` prints.
struct AddOutput: Encodable {
    struct Skipped: Encodable {
        let path: String
        let reason: String
    }

    /// What was made of a column of the table, or of --set.
    struct Column: Encodable {
        let name: String
        let type: String
        /// Why a column with numbers is one of texts.
        let text: String?

        init(_ column: AttributeColumn) {
            name = column.name
            type = column.isEmpty ? "empty" : column.type.rawValue
            text = column.text
        }
    }

    /// A table may cover more folders than are added; this many rows are named.
    private static let mostUnmatched = 20

    let added: Int
    let changed: Int
    let moved: Int
    let duplicates: Int
    let unchanged: Int
    let pruned: Int
    /// Tiles; missing when neither rasters nor tiny images were added.
    let removed: Int?
    let dropped: Int?
    let notes: [String]?
    let skipped: [Skipped]
    /// Missing when nothing was.
    let passedOver: PassedOverOutput?
    /// Rows of the table of attributes that match no file of this run; nil if there are none.
    let unmatched: [String]?
    /// Nil without a table and --set.
    let attributes: [Column]?
    let store: String?
    let tookMilliseconds: Double
    /// Those of `skipped` that have a line of their own.
    private let named: [Skipped]

    private enum CodingKeys: String, CodingKey {
        case added, changed, moved, duplicates, unchanged, pruned, removed, dropped, notes, skipped, unmatched,
            attributes
        case store
        case passedOver = "passed_over"
        case tookMilliseconds = "took_ms"
    }

    /// - Parameters:
    ///   - attributes: those that were given.
    ///   - isTiles: whether rasters or tiny images were added.
    init(_ report: IngestReport, attributes: [AttributeColumn], isTiles: Bool, store: String?, seconds: Double) {
        added = report.added
        changed = report.changed
        moved = report.moved
        duplicates = report.duplicates
        unchanged = report.unchanged
        pruned = report.pruned
        removed = isTiles ? report.removed : nil
        dropped = isTiles ? report.dropped : nil
        notes = isTiles ? report.notes.map(\.description) : nil
        skipped = report.skipped.map { Skipped(path: $0.path, reason: $0.reason.description) }
        let passedOver = PassedOverOutput(report)
        self.passedOver = passedOver.isEmpty ? nil : passedOver
        named = report.skipped.filter { !PassedOverOutput.counts($0) }.map {
            Skipped(path: $0.path, reason: $0.reason.description)
        }
        unmatched = report.unmatched.isEmpty ? nil : report.unmatched
        self.attributes = attributes.isEmpty ? nil : attributes.map(Column.init)
        self.store = store
        tookMilliseconds = (seconds * 1000).rounded()
    }

    func print(json: Bool) throws {
        for note in notes ?? [] { Console.error("note: \(Console.oneLine(note))") }
        for file in named {
            Console.error("skipped \(Console.oneLine(file.path)): \(file.reason)")
        }
        if let unmatched {
            for path in unmatched.prefix(Self.mostUnmatched) {
                Console.error("attributes for \(Console.oneLine(path)) were not used: this run found no such file")
            }
            let rest = unmatched.count - Self.mostUnmatched
            if rest > 0 { Console.error("nor were those for \(rest) more files (--json lists all)") }
        }
        for line in passedOver?.lines ?? [] { Console.error(Console.oneLine(line)) }
        if json { return try Console.json(self) }
        let counts = [
            (added, "added"), (changed, "changed"), (moved, "moved"), (duplicates, "duplicates"),
            (unchanged, "unchanged"), (pruned, "pruned"), (removed ?? 0, "removed"), (dropped ?? 0, "dropped as empty"),
            (skipped.count, "skipped"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let time = String(format: "%.1f s", tookMilliseconds / 1000)
        // Where there was something, and none of it was taken, the lines above say what.
        let none = passedOver?.notRead.isEmpty == false ? "no picture that can be read" : "nothing to add"
        Console.print("\(words.isEmpty ? none : words.joined(separator: ", ")) in \(time)")
        guard let attributes else { return }
        let made = attributes.map { column in
            "\(column.name) \(column.type)" + (column.text.map { " (\"\($0.prefix(40))\")" } ?? "")
        }
        Console.print("attributes: \(Console.oneLine(Console.printable(made.joined(separator: ", "))))")
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
