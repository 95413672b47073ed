import ArgumentParser
import Foundation
import Sosia

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find the pictures that are most similar to one.",
        discussion: """
            Prints distance, id and path, nearest first; of a tile the window in its raster behind a #, then longitude and \
            latitude of its centre.

            Several pictures are joined by + and -, with a weight in front where they have one:
            beach.jpg + 2:id:12 - crowd.jpg
            """)

    @Argument(help: "A picture file, - for the bytes of one on standard input, or id:N.")
    var query: [String]

    @Option(name: .short, help: "How many pictures to find.")
    var k: Int = SearchRequest.defaultK

    @OptionGroup var limits: SearchLimits

    @OptionGroup var store: StoreOptions

    @OptionGroup var memory: MemoryOptions

    @Flag(help: "Only an answer that is proven equal to a scan of every vector.")
    var exact = false

    @Flag(help: "Search an index that may miss a neighbour; it is built when there is none.")
    var approximate = false

    @Option(help: "The share of the true neighbours that --approximate shall find on average.")
    var recall: Double?

    @OptionGroup var index: IndexOptions

    @Option(help: ArgumentHelp("Write the answer as one picture.", valueName: "file.jpg"))
    var sheet: String?

    @Option(
        help: ArgumentHelp("Write the hits as GeoJSON; - writes them instead of lines.", valueName: "file.geojson"))
    var geojson: String?

    func validate() throws {
        _ = try QueryExpression(query)
        guard k >= SearchRequest.minimumK, k <= SearchRequest.maximumK else {
            throw ValidationError("-k is \(k), expected \(SearchRequest.minimumK) to \(SearchRequest.maximumK).")
        }
        guard !(exact && approximate) else { throw ValidationError("--exact and --approximate exclude each other.") }
        guard geojson != "-" || !store.json else { throw ValidationError("--json and --geojson - exclude each other.") }
        guard recall == nil || approximate else { throw ValidationError("--recall goes with --approximate.") }
        let recalls = SearchRequest.minimumRecall...SearchRequest.maximumRecall
        if let recall, !recalls.contains(recall) {
            throw ValidationError("--recall is \(recall), expected \(recalls.lowerBound) to \(recalls.upperBound).")
        }
        if let sheet, !["jpg", "jpeg"].contains((sheet as NSString).pathExtension.lowercased()) {
            throw ValidationError("--sheet writes a JPEG file; \(sheet) does not end in .jpg.")
        }
    }

    private var mode: SearchRequest.Mode {
        if approximate { return .approximate(recall: recall ?? SearchRequest.defaultRecall) }
        return exact ? .exact : .automatic
    }

    func run() async throws {
        // Found out before the search, not after it.
        let file = try sheet.map(SheetFile.init)
        let collection = try Store(
            opening: store.resolved, jobs: 1, memory: memory.memory, objects: store.originals)
        let expression = try QueryExpression(query)
        let question = try question(expression)
        if let demand = index.demand(exact: exact, approximate: approximate) {
            try await build(demand, of: collection)
        }
        let answer: Store.Answer
        do {
            answer = try await collection.search(question)
        } catch let error as ExampleError {
            // Says of which picture a decoding error speaks.
            let name = expression.terms[error.position].query.name
            throw PictureFile.Unreadable(path: name == "-" ? "standard input" : name, reason: error.reason)
        }
        if geojson != "-" {
            try SearchOutput(query: expression.name, model: collection.engine.model, answer: answer)
                .print(json: store.json)
        }
        if let geojson { try FeatureCollection(answer.hits).write(to: geojson) }
        if let file {
            try file.write(await collection.sheet(of: answer, query: shown(question, in: collection)))
        }
    }

    private func question(_ expression: QueryExpression) throws -> PictureSearch {
        var question = PictureSearch(
            try expression.terms.enumerated().map { index, term in
                try PictureExample(
                    term.query.source(), region: index == 0 ? limits.region : nil, weight: term.weight)
            })
        (question.k, question.mode, question.index) = (k, mode, index.index)
        (question.filter, question.maximumDistance) = (try limits.filter(), limits.maxDistance)
        question.overlaps = limits.overlaps
        return question
    }

    private func build(_ demand: IndexDemand, of collection: Store) async throws {
        let line = ProgressLine()
        line.show("building the index", done: 0, total: 0)
        try await collection.prepareIndexes(demand)
        line.clear()
    }

    /// The bytes of the first picture asked with, nil when its file can no longer be read.
    private func shown(_ question: PictureSearch, in collection: Store) async -> [UInt8]? {
        switch question.examples.first?.source {
        case .bytes(let bytes): bytes
        case .image(let id): try? await collection.original(of: id).bytes
        case .place(let place): try? await collection.picture(of: place, maximumSide: RasterPyramid.side * 2)
        case .file, .embedding, nil: nil
        }
    }
}
