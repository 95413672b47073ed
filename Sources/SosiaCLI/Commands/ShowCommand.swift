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
        let collection = try await store.open()
        let record = try await collection.record(id)
        let machine = collection.machine
        let paths =
            record.tile.map { [$0.name(on: machine)] } ?? record.sources.map { $0.text(on: machine) }
        if store.json {
            return try Console.json(
                Output(
                    id: record.id, paths: record.tile == nil ? paths : [record.path(on: machine)],
                    attributes: record.allAttributes, tile: record.tile.map(TileOutput.init)))
        }
        Console.print("id", record.id, separator: "\t")
        for path in paths { Console.print("path", Console.printable(path), separator: "\t") }
        for (name, value) in record.allAttributes.sorted(by: { $0.key < $1.key }) {
            Console.print(Console.printable(name), Console.printable(AttributeText.text(value)), separator: "\t")
        }
    }
}
