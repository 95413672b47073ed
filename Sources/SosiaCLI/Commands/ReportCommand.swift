import ArgumentParser
import FileSystem
import Foundation
import Reports
import Sosia
import SosiaCore

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write the answers to searches as PDF and HTML.",
        discussion: """
            Shows each picture with its neighbours and their distances, how the search went, and facts about the \
            collection and its model. The same collection and pictures give the same bytes; --timings adds how long \
            each search took, which differs from run to run. --json prints the answers and the files written.
            """)

    @Argument(help: ArgumentHelp("Picture files or id:N; each is searched for.", valueName: "picture"))
    var queries: [String]

    @Option(help: ArgumentHelp("Write a PDF file.", valueName: "file.pdf"))
    var pdf: String?

    @Option(help: ArgumentHelp("Write an HTML file that contains its pictures.", valueName: "file.html"))
    var html: String?

    @Option(name: .short, help: "How many neighbours to show.")
    var k: Int = 12

    @Option(help: "The title of the report.")
    var title: String = "Search report"

    @Flag(help: "Say how long each search took.")
    var timings = false

    @OptionGroup var search: SearchArguments

    @OptionGroup var store: StoreOptions

    private static let mostQueries = 1_000
    private static let mostNeighbors = 1_000

    func validate() throws {
        guard pdf != nil || html != nil else { throw ValidationError("Name a file with --pdf, --html or both.") }
        guard 1...Self.mostQueries ~= queries.count else {
            throw ValidationError("\(queries.count) pictures, expected 1 to \(Self.mostQueries).")
        }
        try (SearchRequest.minimumK...Self.mostNeighbors).check(k, "-k")
        guard queries.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input holds one picture only.")
        }
    }

    func run() async throws {
        let sheets = try [pdf, html].map { try $0.map(OutputFile.init) }
        let collection = try await store.open(jobs: 1)
        try await search.prepare(collection)
        let loader = PictureLoader(collection: collection, side: ReportPicture.side.standard)
        let status = try await collection.status()
        let line = ProgressLine()
        defer { line.clear() }
        try await search.prepare(collection)
        let report = Report(title: title, facts: facts(status))
        let writer = try ReportWriter(report, pdf: sheets[0]?.path, html: sheets[1]?.path)
        var answers: [JSONValue] = []
        for (index, text) in queries.enumerated() {
            line.show("searching", done: index, total: queries.count)
            let (query, source) = try Self.query(text)
            let answer = try await answer(query, source, collection)
            try writer.append(
                try await section(query, source, answer, loader, status.engine.pictures, collection.machine))
            if store.json { answers.append(try SearchOutput(query: query.name, answer: answer, in: collection).json()) }
        }
        try writer.finish()
        line.clear()
        guard store.json else { return }
        var output: [String: JSONValue] = ["title": .string(title), "queries": .array(answers)]
        output["pdf"] = pdf.map(JSONValue.string)
        output["html"] = html.map(JSONValue.string)
        Console.json(.object(output))
    }

    private func facts(_ status: Store.Status) -> [Report.Fact] {
        [
            Report.Fact("collection", AbsolutePath.name(status.address?.description ?? "")),
            Report.Fact("pictures", "\(status.engine.pictures)"),
            Report.Fact("model", status.model.name),
            Report.Fact("weights", status.model.weightsSHA256),
            Report.Fact(
                "vectors",
                "\(status.model.dimension) dimensions, \(status.model.precision.rawValue), "
                    + "\(status.model.descriptor.text) pooling"),
            Report.Fact("distance", status.model.metric.rawValue),
        ] + search.facts.map { Report.Fact($0.name, $0.value) }
    }

    private static func query(_ text: String) throws -> (query: PictureArgument, source: PictureExample.Source) {
        guard let query = PictureArgument(argument: text) else {
            throw ValidationError("\(Console.printable(text)) is neither a picture file nor an id such as id:7.")
        }
        return (query, try query.source())
    }

    private func answer(
        _ query: PictureArgument, _ source: PictureExample.Source, _ collection: Store
    ) async throws -> Store.Answer {
        do {
            return try await collection.search(search.question([PictureExample(source)], k: k))
        } catch let error as ExampleError {
            throw InputFile.Unreadable(path: Console.oneLine(query.name), reason: error.reason.description)
        }
    }

    private func section(
        _ query: PictureArgument, _ source: PictureExample.Source, _ answer: Store.Answer, _ loader: PictureLoader,
        _ pictures: Int, _ machine: MachineName
    ) async throws -> Report.Section {
        var neighbors: [Report.Entry] = []
        for (index, hit) in answer.hits.enumerated() {
            neighbors.append(
                Report.Entry(
                    picture: try await loader.pixels(of: .image(hit.record.id)).map { try ReportPicture($0) },
                    lines: [
                        String(format: "%d  %.4f", index + 1, hit.distance), "id \(hit.record.id)",
                        hit.record.name(on: machine),
                    ]))
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
