import Foundation
import Sosia

/// What `sosia add` prints.
struct AddOutput: Encodable {
    struct Skipped: Encodable {
        let path: String
        let reason: String
    }

    let added: Int
    let changed: Int
    let moved: Int
    let duplicates: Int
    let unchanged: Int
    let pruned: Int
    let skipped: [Skipped]
    let store: String
    let tookMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case added, changed, moved, duplicates, unchanged, pruned, skipped, store
        case tookMilliseconds = "took_ms"
    }

    init(_ report: IngestReport, store: String, seconds: Double) {
        added = report.added
        changed = report.changed
        moved = report.moved
        duplicates = report.duplicates
        unchanged = report.unchanged
        pruned = report.pruned
        skipped = report.skipped.map { Skipped(path: $0.path, reason: $0.reason.description) }
        self.store = store
        tookMilliseconds = (seconds * 1000).rounded()
    }

    func print(json: Bool) throws {
        for file in skipped {
            Console.error("skipped \(Console.oneLine(file.path)): \(file.reason)")
        }
        if json { return try Console.json(self) }
        let counts = [
            (added, "added"), (changed, "changed"), (moved, "moved"), (duplicates, "duplicates"),
            (unchanged, "unchanged"), (pruned, "pruned"), (skipped.count, "skipped"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let time = String(format: "%.1f s", tookMilliseconds / 1000)
        Swift.print("\(words.isEmpty ? "nothing to add" : words.joined(separator: ", ")) in \(time)")
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
