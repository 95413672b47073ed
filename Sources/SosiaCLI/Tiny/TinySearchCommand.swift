import ArgumentParser
import Foundation
import Sosia
import TinyImages

struct TinySearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find the tiny images whose pixels are nearest to those of given pictures.",
        discussion: """
            Prints distance and position, nearest first, followed by the picture searched for if there are several; \
            all share one pass over the file. The distance is Euclidean over the 3,072 values of the picture, \
            stretched to 32 x 32 pixels. The answer is exact.
            """)

    @OptionGroup var file: TinyFileOptions

    @Argument(
        help: ArgumentHelp(
            "A picture file, - to read one from standard input, or @N for a position.", valueName: "picture"))
    var queries: [String]

    @Option(name: .customShort("n"), help: "How many tiny images to find for each picture.")
    var count: Int = TinySearchOptions.k.standard

    @Flag(help: "Print the distances of all tiny images, in file order.")
    var all = false

    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    /// Of one JSON document.
    private static let mostHits = 1_000_000
    /// Bytes of lines that are written at once.
    private static let lineBytes = 1 << 20

    func validate() throws {
        try (TinySearchOptions.k.minimum...TinySearchOptions.k.maximum).check(count, "-n")
        guard !queries.isEmpty, queries.count <= TinySearchOptions.queries.maximum else {
            throw ValidationError(
                "\(queries.count) pictures, expected \(TinySearchOptions.queries.minimum) to "
                    + "\(TinySearchOptions.queries.maximum).")
        }
        guard !json || count <= Self.mostHits / queries.count else {
            throw ValidationError(
                "--json holds the whole answer at once, at most \(Self.mostHits) tiny images: \(queries.count) pictures "
                    + "with -n \(count) are \(queries.count * count).")
        }
        guard try queries.map(TinyQuery.init).count(where: { $0 == .standardInput }) <= 1 else {
            throw ValidationError("Standard input holds one picture only.")
        }
        guard !(all && json) else { throw ValidationError("--all and --json exclude each other.") }
    }

    private struct Output: Encodable {
        struct Hit: Encodable {
            let rank: Int
            let distance: Double
            let position: Int
            /// nil without names beside the file.
            let name: String?
        }

        struct Query: Encodable {
            let query: String
            let hits: [Hit]
        }

        let db: String
        let records: Int
        let queries: [Query]
        let tookMilliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case db, records, queries
            case tookMilliseconds = "took_ms"
        }
    }

    func run() async throws {
        let database = try file.open()
        let named = try queries.map(TinyQuery.init)
        let images = try named.map { try $0.image(in: database) }
        let names = named.count > 1 ? named.map(\.name) : []
        let line = ProgressLine()
        defer { line.clear() }
        let progress: @Sendable (TinySearchProgress) -> Void = {
            line.show("searching", done: $0.done, total: $0.total, unit: .bytes)
        }
        if all { return try printAll(database, images, names, progress) }
        var options = TinySearchOptions()
        (options.k, options.threads) = (count, threads.threads)
        guard json else {
            return try database.nearest(to: images, options: options, progress: progress) { query, neighbors in
                line.clear()
                try print(neighbors, names.isEmpty ? nil : names[query])
            }
        }
        // What is wrong with the names is said before the file is read.
        let known = try RecordNames(of: database)
        let start = ContinuousClock.now
        let found = try database.nearest(to: images, options: options, progress: progress)
        let took = Double((ContinuousClock.now - start).milliseconds)
        line.clear()
        try Console.json(
            Output(
                db: file.path, records: database.count,
                queries: zip(named, found).map { query, neighbors in
                    Output.Query(
                        query: query.name,
                        hits: try neighbors.enumerated().map { index, neighbor in
                            Output.Hit(
                                rank: index + 1, distance: neighbor.distance, position: neighbor.position,
                                name: try known?.name(at: neighbor.position))
                        })
                }, tookMilliseconds: took))
    }

    private func print(_ neighbors: [TinyNeighbor], _ name: String?) throws {
        var lines = TinyLines()
        for neighbor in neighbors {
            lines.append(neighbor.squaredDistance, at: neighbor.position, name: name)
            if lines.bytes.count >= Self.lineBytes { try lines.print() }
        }
        try lines.print()
    }

    private func printAll(
        _ database: TinyImageFile, _ images: [TinyImage], _ names: [String],
        _ progress: @Sendable (TinySearchProgress) -> Void
    ) throws {
        var lines = TinyLines()
        try database.distances(to: images, threads: threads.threads, progress: progress) { first, distances in
            for index in distances[0].indices {
                for query in distances.indices {
                    lines.append(
                        distances[query][index], at: first + index, name: names.isEmpty ? nil : names[query])
                }
                if lines.bytes.count >= Self.lineBytes { try lines.print() }
            }
            try lines.print()
        }
    }
}

/// Lines of "distance position", as bytes, because there may be eighty million of them.
struct TinyLines {
    private(set) var bytes: [UInt8] = []
    private static let scale = 10_000.0

    /// - Parameter name: of the query, in a third column where there are several.
    mutating func append(_ squaredDistance: UInt32, at position: Int, name: String? = nil) {
        let scaled = UInt64((Double(squaredDistance).squareRoot() * Self.scale).rounded())
        append(scaled / 10_000)
        bytes.append(UInt8(ascii: "."))
        let fraction = scaled % 10_000
        for digit in [1_000, 100, 10, 1] as [UInt64] {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / digit % 10))
        }
        bytes.append(UInt8(ascii: " "))
        append(UInt64(position))
        if let name {
            bytes.append(UInt8(ascii: " "))
            bytes += Console.oneLine(Console.printable(name)).utf8
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ number: UInt64) {
        bytes += String(number).utf8
    }

    /// Writes to standard output, after what was printed before, and starts afresh.
    mutating func print() throws {
        defer { bytes.removeAll(keepingCapacity: true) }
        try Console.finish()
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw Console.Unwritable(code: underlying.map { Int32(truncatingIfNeeded: $0.code) } ?? EIO)
        }
    }

    /// As in the lines: four digits after the point.
    static func text(_ squaredDistance: UInt32) -> String {
        var lines = TinyLines()
        lines.append(squaredDistance, at: 0)
        return String(decoding: lines.bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }
}
