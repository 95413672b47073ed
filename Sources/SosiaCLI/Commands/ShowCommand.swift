import ArgumentParser
import Foundation
import Sosia

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is known of a picture.")

    @Argument(help: "The picture's id.")
    var id: ImageID

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let id: ImageID
        let paths: [String]
        let attributes: Attributes
    }

    func run() async throws {
        let record = try await Store(opening: store.resolved).record(id)
        if store.json {
            return try Console.json(Output(id: record.id, paths: record.sources, attributes: record.allAttributes))
        }
        print("id", record.id, separator: "\t")
        for source in record.sources { print("path", Console.printable(source), separator: "\t") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for (name, value) in record.allAttributes.sorted(by: { $0.key < $1.key }) {
            var text = String(decoding: try encoder.encode(value), as: UTF8.self)
            if case .string(let string) = value { text = string }
            print(Console.printable(name), Console.printable(text), separator: "\t")
        }
    }
}
