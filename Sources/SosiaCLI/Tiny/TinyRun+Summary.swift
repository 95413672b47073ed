import Foundation
import Reports
import Sosia
import TinyImages

extension TinyRun {
    /// Writes the pictures with their neighbours; only those of one picture are in memory at a time.
    /// - Parameters:
    ///   - names: of the records; nil when there are none.
    ///   - searched: pictures whose scores were not there.
    func summarize(_ queries: [Query], _ names: RecordNames?, searched: Int, took: Duration) async throws {
        let writer = try ReportWriter(
            Reports.Report(
                title: "Nearest tiny images", facts: facts(queries.count, searched: searched, took: took)),
            pdf: out + "/summary.pdf", html: out + "/summary.html")
        for query in queries { try writer.append(try await section(of: query, names)) }
        try writer.finish()
    }

    private func section(of query: Query, _ names: RecordNames?) async throws -> Reports.Report.Section {
        let hits = try scores(of: query)
        let small = "\(out)/images_small/\(query.name).png"
        // Thousands of files, which a run makes again.
        try query.image.picture?.write(to: small, isSynced: false)
        let pictures = try hits.map { try database.record($0.position).picture }
        // The picture first, in a border of its own.
        let mosaic = Mosaic(count: hits.count + 1, cellSide: TinyImage.side, border: 2)
        try mosaic.write(to: "\(out)/summary_images/\(query.name).png", isSynced: false) { place in
            place == 0
                ? Mosaic.Cell(picture: query.image.picture, color: Mosaic.Color(red: 214, green: 84, blue: 32))
                : Mosaic.Cell(picture: pictures[place - 1])
        }
        var groups = [Reports.Report.Group(title: "by pixels", neighbors: try entries(hits, names))]
        if let deep {
            let found = try await deep.nearest(to: small, count: top)
            groups.append(Reports.Report.Group(title: "by deep embedding", neighbors: try entries(found, names)))
        }
        return Reports.Report.Section(
            title: query.name,
            facts: [
                .init("distances to the nearest", "\(hits.first?.distance ?? "") to \(hits.last?.distance ?? "")")
            ],
            query: .init(picture: try query.image.picture.map { try ReportPicture($0) }, lines: ["the picture"]),
            groups: groups)
    }

    private func entries(
        _ hits: [(distance: String, position: Int)], _ names: RecordNames?
    ) throws -> [Reports.Report.Entry] {
        try hits.enumerated().map { index, hit in
            .init(
                picture: try database.record(hit.position).picture.map { try ReportPicture($0) },
                lines: ["\(index + 1)  \(hit.distance)", "@\(hit.position)"]
                    + (try names.map { [try $0.name(at: hit.position)] } ?? []))
        }
    }

    private func facts(_ queries: Int, searched: Int, took: Duration) -> [Reports.Report.Fact] {
        let pairs = queries * database.count
        var facts: [Reports.Report.Fact] = [
            .init("file", (database.path as NSString).lastPathComponent),
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
