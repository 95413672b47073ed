import ArgumentParser
import Foundation
import Reports
import Sosia

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write the answers of some searches as PDF and HTML.",
        discussion: """
            Each picture with its neighbours and distances, how the search went, and facts of the collection and its \
            model. The same collection and pictures give the same bytes; --timings adds how long each search took, \
            which differs from run to run.
            """)

    @Argument(help: ArgumentHelp("Picture files or id:N, a search each.", valueName: "picture"))
    var queries: [String]

    @Option(help: ArgumentHelp("Write PDF.", valueName: "file.pdf"))
    var pdf: String?

    @Option(help: ArgumentHelp("Write one HTML file with the pictures in it.", valueName: "file.html"))
    var html: String?

    @Option(name: .short, help: "How many neighbours to show.")
    var k: Int = 12

    @Option(help: "What the report is called.")
    var title: String = "Search report"

    @Flag(help: "Only answers that are proven equal to a scan of every vector.")
    var exact = false

    @OptionGroup var index: IndexOptions

    @Flag(help: "Write how long each search took.")
    var timings = false

    @OptionGroup var store: StoreOptions

    private static let mostQueries = 1_000
    private static let mostNeighbors = 1_000

    func validate() throws {
        guard pdf != nil || html != nil else { throw ValidationError("Name a file with --pdf, --html or both.") }
        guard !queries.isEmpty, queries.count <= Self.mostQueries else {
            throw ValidationError("\(queries.count) pictures, expected 1 to \(Self.mostQueries).")
        }
        guard 1...Self.mostNeighbors ~= k else {
            throw ValidationError("-k is \(k), expected 1 to \(Self.mostNeighbors).")
        }
        guard queries.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input holds one picture only.")
        }
    }

    func run() async throws {
        let sheets = try [pdf, html].map { try $0.map(SheetFile.init) }
        let collection = try Store(opening: store.resolved, jobs: 1, objects: store.originals)
        let loader = PictureLoader(collection: collection, side: ReportPicture.side.standard)
        let status = try await collection.status()
        let line = ProgressLine()
        defer { line.clear() }
        if let demand = index.demand(exact: exact) { try await collection.prepareIndexes(demand) }
        let report = Report(title: title, facts: facts(status))
        let writer = try ReportWriter(report, pdf: sheets[0]?.path, html: sheets[1]?.path)
        for (index, text) in queries.enumerated() {
            line.show("searching", done: index, total: queries.count)
            try writer.append(try await section(text, collection, loader, status.pictures))
        }
        try writer.finish()
    }

    private func facts(_ status: StoreStatus) -> [Report.Fact] {
        [
            Report.Fact("collection", (status.path as NSString).lastPathComponent),
            Report.Fact("pictures", "\(status.pictures)"),
            Report.Fact("model", status.model.name),
            Report.Fact("weights", status.model.weightsSHA256),
            Report.Fact(
                "vectors",
                "\(status.model.dimension) dimensions, \(status.model.precision.rawValue), "
                    + "\(status.model.pooling.rawValue) pooling"),
            Report.Fact("distance", status.model.metric.rawValue),
        ]
    }

    private func section(
        _ text: String, _ collection: Store, _ loader: PictureLoader, _ pictures: Int
    ) async throws -> Report.Section {
        guard let query = QueryArgument(argument: text) else {
            throw ValidationError("\(Console.printable(text)) is neither a picture file nor an id such as id:7.")
        }
        let source = try query.source()
        var search = PictureSearch(source)
        search.k = k
        if exact { search.mode = .exact }
        search.index = index.index
        let answer: Store.Answer
        do {
            answer = try await collection.search(search)
        } catch let error as ExampleError {
            throw PictureFile.Unreadable(path: Console.oneLine(query.name), reason: error.reason)
        }
        var neighbors: [Report.Entry] = []
        for (index, hit) in answer.hits.enumerated() {
            let place = hit.record.place
            neighbors.append(
                Report.Entry(
                    picture: try await loader.pixels(of: .image(hit.record.id)).map { try ReportPicture($0) },
                    lines: [String(format: "%d  %.4f", index + 1, hit.distance), "id \(hit.record.id)", place]))
        }
        let shown: PixelImage? =
            switch source {
            case .image(let id): await loader.pixels(of: .image(id))
            case .bytes(let bytes): loader.pixels(of: bytes)
            case .file, .place, .embedding: nil
            }
        return Report.Section(
            title: query.name, facts: facts(answer, pictures),
            query: Report.Entry(picture: try shown.map { try ReportPicture($0) }, lines: ["the picture"]),
            neighbors: neighbors)
    }

    private func facts(_ answer: Store.Answer, _ pictures: Int) -> [Report.Fact] {
        let plan = answer.response.plan
        let share = pictures > 0 ? Double(plan.scanned) / Double(pictures) * 100 : 0
        var facts = [
            Report.Fact("search", plan.exact ? "\(plan.index), proven exact" : "\(plan.index), approximate"),
            Report.Fact(
                "vectors compared", String(format: "%d, %.1f %% of the collection", plan.scanned, share)),
        ]
        if timings {
            facts.append(
                Report.Fact(
                    "time",
                    String(
                        format: "decoding %.1f ms, network %.1f ms, search %.1f ms, in all %.1f ms",
                        answer.timings.decode, answer.timings.embed, answer.timings.search, answer.timings.total)))
        }
        return facts
    }
}
