import FileSystem
import Foundation
import Sosia
import TinyImages

/// The nearest tiny images of all pictures of a folder, as files: the experiment that came with the data set's tools.
struct TinyRun {
    /// Neighbours that are shown.
    static let top = (minimum: 1, standard: 100, maximum: 1_000)

    struct Report {
        var searched = 0
        /// Pictures whose scores were there already.
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
        // What is wrong with the names is said before the file is read.
        let names = try RecordNames(of: database)
        for name in Self.folders {
            try FileManager.default.createDirectory(atPath: "\(out)/\(name)", withIntermediateDirectories: true)
        }
        var state = try TinyRunState(database: database, k: options.k)
        let open = try begin(&state, queries)
        (report.searched, report.kept) = (open.count, queries.count - open.count)

        let start = ContinuousClock.now
        try database.nearest(to: open.map(\.image), options: options, progress: progress) { index, neighbors in
            try write(neighbors, of: open[index])
            state.add(open[index])
            // Scores first: what the state names is there. Now and then, so that an interrupted run goes on from there.
            if index % Self.saved == Self.saved - 1 || index == open.count - 1 { try state.write(to: stateFile) }
        }
        let took = ContinuousClock.now - start
        try await summarize(queries, names, searched: report.searched, took: took)
        return report
    }

    /// Pictures after which the state is written.
    private static let saved = 64
    private static let folders = ["images_small", "scores", "summary_images"]
    private var stateFile: String { out + "/run.json" }

    /// Says in the folder of results what this run is of, and takes away what is of another file, number of neighbours or
    /// picture, so that a run that is interrupted leaves nothing that the next one could mistake for its own.
    /// - Returns: the pictures to search for.
    private func begin(_ state: inout TinyRunState, _ queries: [Query]) throws -> [Query] {
        let before = TinyRunState(contentsOf: stateFile)
        if let before, state.agrees(with: before) { state.keep(before.pictures, of: queries) }
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

    private func write(_ neighbors: [TinyNeighbor], of query: Query) throws {
        var lines = TinyLines()
        for neighbor in neighbors { lines.append(neighbor.squaredDistance, at: neighbor.position) }
        // Thousands of files, which a run makes again.
        try DurableFile.write(lines.bytes.span.bytes, to: query.scores, isSynced: false)
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
        for name in names where !name.hasPrefix(".") && PictureFormat.isUsual(name: name) {
            do {
                let image = try TinyQuery.file(folder + "/" + name).image(in: database)
                queries.append(Query(name: name, image: image, scores: "\(out)/scores/\(name).txt"))
            } catch let error as InputFile.Unreadable {
                report.skipped.append((name, error.reason))
            }
        }
        return queries
    }
}
