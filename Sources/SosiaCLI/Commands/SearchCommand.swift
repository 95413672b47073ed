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
        let file = try sheet.map { path throws(SheetFile.Unwritable) in try SheetFile(path) }
        let collection = try Store(opening: store.resolved, jobs: 1, memory: memory.memory)
        if approximate {
            let line = ProgressLine()
            line.show("building the graph", done: 0, total: 0)
            try await collection.prepareIndexes(.graph)
            line.clear()
        }
        let answer: Store.Answer
        let name: String
        let picture: [UInt8]?
        switch query {
        case .image(let id):
            name = "id:\(id)"
            picture = nil
            answer = try await collection.search(id, k: k, mode: mode)
        case .standardInput:
            name = "-"
            let bytes = [UInt8](try StandardInput.bytes())
            picture = bytes
            answer = try await PictureFile.naming("standard input") {
                try await collection.search(bytes, k: k, mode: mode)
            }
        case .file(let path):
            name = path
            let bytes = try PictureFile.bytes(path)
            picture = bytes
            answer = try await PictureFile.naming(path) { try await collection.search(bytes, k: k, mode: mode) }
        }
        try SearchOutput(query: name, model: collection.engine.model, answer: answer).print(json: store.json)
        if let file { try await write(answer, picture, from: collection, to: file) }
    }

    private func write(_ answer: Store.Answer, _ picture: [UInt8]?, from collection: Store, to file: SheetFile)
        async throws
    {
        var query = picture
        if query == nil, case .image(let id) = self.query { query = try? await collection.bytes(of: id) }
        try file.write(collection.sheet(of: answer, query: query))
    }
}
