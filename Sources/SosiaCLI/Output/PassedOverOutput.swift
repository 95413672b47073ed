import Sosia

/// What `sosia add` says of files and folders that it does not name one by one.
struct PassedOverOutput: Encodable {
    struct Unread: Encodable {
        /// The ending of the names; empty for names without one.
        let kind: String
        let files: Int
        /// The package that brings what reads them; missing when there is none.
        let install: String?
    }

    /// Files of kinds that are not read, most first.
    let notRead: [Unread]
    let hidden: Int
    let system: [String: Int]
    let excluded: Int
    /// Those of `notRead` that are worth a word.
    private let shown: [Unread]

    private enum CodingKeys: String, CodingKey {
        case hidden, system, excluded
        case notRead = "not_read"
    }

    /// Further kinds are only counted.
    private static let mostKinds = 12

    init(_ report: IngestReport) {
        let passedOver = report.passedOver
        var packages: [String: String] = [:]
        var kinds = passedOver.kinds
        for file in report.skipped {
            guard let package = Self.package(for: file.reason) else { continue }
            let kind = PictureFormat.ending(of: String(file.path.split(separator: "/").last ?? ""))
            kinds[kind, default: 0] += 1
            packages[kind] = package
        }
        notRead = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { kind, files in
            Unread(kind: kind, files: files, install: packages[kind])
        }
        // Nobody misses the texts beside pictures, unless there is nothing else.
        shown = notRead.filter { !report.isAnyTaken || UnreadKind(ending: $0.kind) != .companion }
        (hidden, system, excluded) = (passedOver.hidden, passedOver.system, passedOver.excluded)
    }

    var isEmpty: Bool { notRead.isEmpty && hidden == 0 && system.isEmpty && excluded == 0 }

    /// Whether a skipped file is counted by its kind and has no line of its own: a folder may hold thousands for which the
    /// same library is missing.
    static func counts(_ file: SkippedFile) -> Bool { package(for: file.reason) != nil }

    private static func package(for reason: SkipReason) -> String? {
        if case .decoding(.libraryMissing(_, let package)) = reason { package } else { nil }
    }

    /// At most two: of kinds that are not read, and of what was passed over by its name.
    var lines: [String] {
        var lines: [String] = []
        let files = shown.reduce(0) { $0 + $1.files }
        if files > 0 {
            var kinds = shown.prefix(Self.mostKinds).map { unread in
                "\(unread.files) \(unread.kind.isEmpty ? "without an ending" : unread.kind)"
                    + (unread.install.map { " (install \($0))" } ?? "")
            }
            if shown.count > Self.mostKinds { kinds.append("and \(shown.count - Self.mostKinds) kinds more") }
            let what = files == 1 ? "1 file of a kind that is not read" : "\(files) files of kinds that are not read"
            lines.append("\(what): \(kinds.joined(separator: ", "))")
        }
        var names = system.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        if hidden > 0 { names.append("\(hidden) hidden (--include-hidden takes them)") }
        if excluded > 0 { names.append("\(excluded) excluded") }
        if !names.isEmpty { lines.append("passed over: \(names.joined(separator: ", "))") }
        return lines
    }
}
