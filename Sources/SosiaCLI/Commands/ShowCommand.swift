import ArgumentParser
import Foundation
import Sosia

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is known about a picture.")

    @Argument(help: "The picture's id.")
    var id: ImageID

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let id: ImageID
        let paths: [String]
        let attributes: Attributes
        let tile: TileOutput?
    }

    func run() async throws {
        let record = try await Store(opening: store.resolved).record(id)
        if store.json {
            return try Console.json(
                Output(
                    id: record.id, paths: record.tile == nil ? record.sources : [record.path],
                    attributes: record.allAttributes, tile: record.tile.map(TileOutput.init)))
        }
        print("id", record.id, separator: "\t")
        let paths = record.tile.map { [$0.description] } ?? record.sources
        for path in paths { print("path", Console.printable(path), separator: "\t") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for (name, value) in record.allAttributes.sorted(by: { $0.key < $1.key }) {
            var text = String(decoding: try encoder.encode(value), as: UTF8.self)
            if case .string(let string) = value { text = string }
            print(Console.printable(name), Console.printable(text), separator: "\t")
        }
    }
}
