import ArgumentParser
import Foundation
import Sosia

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find the pictures that are most similar to a given one.",
        discussion: """
            Prints distance, id and path, nearest first. The path of a tile is followed by # and its window in the raster, \
            then by the longitude and latitude of its centre.

            Join several pictures with + and -, and put a weight in front of those that need one:
            beach.jpg + 2:id:12 - crowd.jpg
            """)

    @Argument(help: "A picture file, - to read one from standard input, or id:N.")
    var query: [String]

    @Option(name: .short, help: "How many pictures to find.")
    var k: Int = SearchRequest.defaultK

    @Option(
        help: ArgumentHelp(
            "Search for this part of the first picture, in pixels from its upper left corner.",
            valueName: "x,y,width,height"))
    var region: PixelRegion?

    @OptionGroup var search: SearchArguments

    @OptionGroup var store: StoreOptions

    @OptionGroup var memory: MemoryOptions

    @Option(help: ArgumentHelp("Write the query and its answer as one picture.", valueName: "file.jpg"))
    var sheet: String?

    @Option(
        help: ArgumentHelp(
            "Write the hits as GeoJSON; - prints GeoJSON instead of lines.", valueName: "file.geojson"))
    var geojson: String?

    func validate() throws {
        _ = try QueryExpression(query)
        try (SearchRequest.minimumK...SearchRequest.maximumK).check(k, "-k")
        guard geojson != "-" || !store.json else { throw ValidationError("--json and --geojson - exclude each other.") }
        if let sheet, !["jpg", "jpeg"].contains((sheet as NSString).pathExtension.lowercased()) {
            throw ValidationError("--sheet writes a JPEG file; \(sheet) does not end in .jpg.")
        }
    }

    func run() async throws {
        // Checked before the search, not after it.
        let file = try sheet.map(OutputFile.init)
        let map = try geojson == "-" ? nil : geojson.map(OutputFile.init)
        let collection = try await store.open(jobs: 1, memory: memory.memory)
        let expression = try QueryExpression(query)
        let question = try question(expression)
        try await search.prepare(collection)
        let answer: Store.Answer
        do {
            answer = try await collection.search(question)
        } catch let error as ExampleError {
            // Names the picture that could not be decoded.
            let name = expression.terms[error.position].query.name
            throw InputFile.Unreadable(path: name == "-" ? "standard input" : name, reason: error.reason.description)
        }
        try await search.explain(answer.response.plan, by: collection)
        if geojson != "-" {
            try SearchOutput(query: expression.name, answer: answer, in: collection).print(json: store.json)
        }
        if geojson != nil { try FeatureCollection(answer.hits, on: collection.machine).write(to: map) }
        if let file {
            try file.write(await collection.sheet(of: answer, query: shown(question, in: collection)))
        }
    }

    private func question(_ expression: QueryExpression) throws -> PictureSearch {
        try search.question(
            expression.terms.enumerated().map { index, term in
                try PictureExample(term.query.source(), region: index == 0 ? region : nil, weight: term.weight)
            }, k: k)
    }

    /// The bytes of the first query picture; nil if its file can no longer be read.
    private func shown(_ question: PictureSearch, in collection: Store) async -> [UInt8]? {
        switch question.examples.first?.source {
        case .bytes(let bytes): bytes
        case .image(let id): try? await collection.original(of: id).bytes
        case .place(let place): try? await collection.picture(of: place, maximumSide: RasterPyramid.side * 2)
        case .file, .embedding, nil: nil
        }
    }
}
