import Foundation
import Reports
import Sosia
import TinyImages

/// The nearest tiny images of all pictures of a folder, as files: the experiment that came with the data set's tools.
struct TinyRun {
    /// Neighbours that are shown.
    static let top = (minimum: 1, standard: 100, maximum: 1_000)

    struct Report {
        var searched = 0
        /// Pictures whose scores were there.
        var kept = 0
        var skipped: [(name: String, reason: String)] = []
    }

    /// One picture and where its results lie.
    struct Query {
        let name: String
        let image: TinyImage
        let scores: String
    }

    let database: TinyImageFile
    let out: String
    let options: TinySearchOptions
    let top: Int
    let isTimed: Bool
    /// The same file in a collection; nil to show the neighbours by pixels only.
    var deep: DeepNeighbors?

    func run(
        pictures folder: String, progress: @escaping @Sendable (TinySearchProgress) -> Void
    ) async throws -> Report {
        var report = Report()
        let queries = try queries(in: folder, &report)
        guard !queries.isEmpty else { throw TinyImageError.noPictures(path: folder) }
        for name in Self.folders {
            try FileManager.default.createDirectory(atPath: "\(out)/\(name)", withIntermediateDirectories: true)
        }
        var state = try TinyRunState(database: database, k: options.k)
        let open = try begin(&state, queries)
        (report.searched, report.kept) = (open.count, queries.count - open.count)

        let start = ContinuousClock.now
        // More than share one pass take several.
        for first in stride(from: 0, to: open.count, by: TinySearchOptions.queries.maximum) {
            let some = open[first..<min(first + TinySearchOptions.queries.maximum, open.count)]
            let found = try database.nearest(to: some.map(\.image), options: options, progress: progress)
            for (query, neighbors) in zip(some, found) {
                var lines = TinyLines()
                for neighbor in neighbors { lines.append(neighbor.squaredDistance, at: neighbor.position) }
                try Data(lines.bytes).write(to: URL(fileURLWithPath: query.scores), options: .atomic)
                state.add(query)
            }
            // Scores first: what the state names is there.
            try state.write(to: stateFile)
        }
        let took = ContinuousClock.now - start
        try await summarize(queries, searched: report.searched, took: took)
        return report
    }

    private static let folders = ["images_small", "scores", "summary_images"]
    private var stateFile: String { out + "/run.json" }

    /// Says in the folder of results what this run is of, and takes away what is of another file or number of
    /// neighbours, so that a run that is interrupted leaves nothing that the next one could mistake for its own.
    /// - Returns: the pictures to search for.
    private func begin(_ state: inout TinyRunState, _ queries: [Query]) throws -> [Query] {
        let before = TinyRunState(contentsOf: stateFile)
        if let before, state.agrees(with: before) { state.keep(before.pictures) }
        let open = queries.filter { query in
            !state.names(query) || !FileManager.default.fileExists(atPath: query.scores)
        }
        for query in open { state.remove(query) }
        try state.write(to: stateFile)
        for query in open { try Self.removeFile(query.scores) }
        for name in (before?.pictures ?? [:]).keys where state.pictures[name] == nil && !name.contains("/") {
            for file in ["scores/\(name).txt", "images_small/\(name).png", "summary_images/\(name).png"] {
                try Self.removeFile("\(out)/\(file)")
            }
        }
        return open
    }

    private static func removeFile(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw TinyImageError.unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private func queries(in folder: String, _ report: inout Report) throws -> [Query] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw TinyImageError.unreadable(path: folder, reason: "there is no such folder")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        var queries: [Query] = []
        for name in names where !name.hasPrefix(".") {
            guard PictureFormat.fileExtensions.contains((name as NSString).pathExtension.lowercased()) else { continue }
            do {
                let image = try TinyQuery.file(folder + "/" + name).image(in: database)
                queries.append(Query(name: name, image: image, scores: "\(out)/scores/\(name).txt"))
            } catch let error as PictureFile.Unreadable {
                report.skipped.append((name, error.reason.description))
            }
        }
        return queries
    }

    private func summarize(_ queries: [Query], searched: Int, took: Duration) async throws {
        var sections: [Reports.Report.Section] = []
        let names = try RecordNames(of: database)?.names
        func entries(_ hits: [(distance: String, position: Int)]) throws -> [Reports.Report.Entry] {
            try hits.enumerated().map { index, hit in
                .init(
                    picture: try database.record(hit.position).picture.map { try ReportPicture($0) },
                    lines: ["\(index + 1)  \(hit.distance)", "@\(hit.position)"]
                        + (names.map { [$0[hit.position]] } ?? []))
            }
        }
        for query in queries {
            let hits = try scores(of: query)
            let small = "\(out)/images_small/\(query.name).png"
            try query.image.picture?.write(to: small)
            let pictures = try hits.map { try database.record($0.position).picture }
            // The picture first, in a border of its own.
            let mosaic = Mosaic(count: hits.count + 1, cellSide: TinyImage.side, border: 2)
            try mosaic.write(to: "\(out)/summary_images/\(query.name).png") { place in
                place == 0
                    ? Mosaic.Cell(picture: query.image.picture, color: Mosaic.Color(red: 214, green: 84, blue: 32))
                    : Mosaic.Cell(picture: pictures[place - 1])
            }
            var groups = [Reports.Report.Group(title: "by pixels", neighbors: try entries(hits))]
            if let deep {
                let found = try await deep.nearest(to: small, count: top)
                groups.append(Reports.Report.Group(title: "by deep embedding", neighbors: try entries(found)))
            }
            sections.append(
                Reports.Report.Section(
                    title: query.name,
                    facts: [
                        .init(
                            "distances to the nearest", "\(hits.first?.distance ?? "") to \(hits.last?.distance ?? "")")
                    ],
                    query: .init(
                        picture: try query.image.picture.map { try ReportPicture($0) }, lines: ["the picture"]),
                    groups: groups))
        }
        let report = Reports.Report(
            title: "Nearest tiny images", facts: facts(queries.count, searched: searched, took: took),
            sections: sections)
        try report.writePDF(to: out + "/summary.pdf")
        try report.writeHTML(to: out + "/summary.html")
    }

    private func facts(_ queries: Int, searched: Int, took: Duration) -> [Reports.Report.Fact] {
        let pairs = queries * database.count
        var facts: [Reports.Report.Fact] = [
            .init("file", (file as NSString).lastPathComponent),
            .init("tiny images", "\(database.count)"),
            .init("bytes", "\(database.count * TinyImage.byteCount)"),
            .init("pictures", "\(queries)"),
            .init("compared", "\(pairs) pairs, all of the file for each picture; exact"),
            .init("distance", "Euclidean over \(TinyImage.byteCount) values of 0 to 255"),
            .init("found for each", "\(min(options.k, database.count)), in scores/"),
        ]
        if let deep { facts += deep.facts }
        if isTimed, searched > 0 {
            let seconds = max(Double(took.milliseconds) / 1000, 0.001)
            let rate = Double(database.count * TinyImage.byteCount) / seconds / 1e9
            facts.append(
                .init("search", String(format: "%.3f s for %d pictures, %.2f GB/s", seconds, searched, rate)))
        }
        return facts
    }

    private var file: String { database.path }

    /// The first lines of the scores, as they are written.
    private func scores(of query: Query) throws -> [(distance: String, position: Int)] {
        guard let data = FileManager.default.contents(atPath: query.scores) else {
            throw TinyImageError.unreadable(path: query.scores, reason: "there is no such file")
        }
        return try data.split(separator: UInt8(ascii: "\n"), maxSplits: top).prefix(top).enumerated().map {
            index, line in
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard fields.count == 2, let position = Int(fields[1]), position >= 0, position < database.count else {
                throw TinyImageError.unreadable(
                    path: query.scores, reason: "line \(index + 1) is not a distance and a position")
            }
            return (String(fields[0]), position)
        }
    }
}
