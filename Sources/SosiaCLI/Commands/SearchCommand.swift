import ArgumentParser
import Foundation
import Sosia

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find the pictures that are most similar to one.",
        discussion: "Prints distance, id and path, nearest first.")

    @Argument(help: "A picture file, - for the bytes of one on standard input, or id:N.")
    var query: QueryArgument

    @Option(name: .short, help: "How many pictures to find.")
    var k: Int = SearchRequest.defaultK

    @OptionGroup var store: StoreOptions

    @OptionGroup var memory: MemoryOptions

    @Flag(help: "Only an answer that is proven equal to a scan of every vector.")
    var exact = false

    @Flag(help: "Search the graph, which may miss a neighbour; it is built when there is none.")
    var approximate = false

    @Option(help: "The share of the true neighbours that --approximate shall find on average.")
    var recall: Double?

    @Option(help: ArgumentHelp("Write the answer as one picture.", valueName: "file.jpg"))
    var sheet: String?

    func validate() throws {
        guard k >= SearchRequest.minimumK, k <= SearchRequest.maximumK else {
            throw ValidationError("-k is \(k), expected \(SearchRequest.minimumK) to \(SearchRequest.maximumK).")
        }
        guard !(exact && approximate) else { throw ValidationError("--exact and --approximate exclude each other.") }
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
        let collection = try opened()
        let picture = try pictureBytes()
        let answer = try await search(collection, for: picture)
        try SearchOutput(query: name, model: collection.engine.model, answer: answer).print(json: store.json)
        if let file { try await write(answer, shown(picture, in: collection), from: collection, to: file) }
    }

    private func opened() throws -> Store {
        try Store(opening: store.resolved, jobs: 1, memory: memory.memory)
    }

    /// The query as answers name it.
    private var name: String {
        switch query {
        case .image(let id): "id:\(id)"
        case .standardInput: "-"
        case .file(let path): path
        }
    }

    /// nil when the query is a picture of the collection.
    private func pictureBytes() throws -> [UInt8]? {
        switch query {
        case .image: nil
        case .standardInput: [UInt8](try StandardInput.bytes())
        case .file(let path): try PictureFile.bytes(path)
        }
    }

    private func imageID() throws -> ImageID {
        guard case .image(let id) = query else { throw ValidationError("\(name) is no picture of the collection.") }
        return id
    }

    private func buildGraph(of collection: Store) async throws {
        let line = ProgressLine()
        line.show("building the graph", done: 0, total: 0)
        try await collection.prepareIndexes(.graph)
        line.clear()
    }

    /// Says of which picture a decoding error speaks.
    private func search(_ collection: Store, for picture: [UInt8]?) async throws -> Store.Answer {
        if approximate { try await buildGraph(of: collection) }
        guard let picture else { return try await collection.search(imageID(), k: k, mode: mode) }
        do {
            return try await collection.search(picture, k: k, mode: mode)
        } catch let error as DecodeError {
            throw PictureFile.Unreadable(path: name == "-" ? "standard input" : name, reason: .decoding(error))
        }
    }

    /// The bytes of the query, nil when its file can no longer be read.
    private func shown(_ picture: [UInt8]?, in collection: Store) async -> [UInt8]? {
        if let picture { return picture }
        guard case .image(let id) = query else { return nil }
        return try? await collection.original(of: id).bytes
    }

    private func write(_ answer: Store.Answer, _ picture: [UInt8]?, from collection: Store, to file: SheetFile)
        async throws
    {
        try file.write(await collection.sheet(of: answer, query: picture))
    }
}
