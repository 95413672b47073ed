import ArgumentParser
import Foundation
import Sosia
import SosiaCore

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is known about a picture.")

    @Argument(help: "The picture's id.")
    var id: ImageID

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let collection = try await store.open()
        let record = try await collection.record(id)
        let machine = collection.machine
        let paths =
            record.tile.map { [$0.name(on: machine)] } ?? record.sources.map { $0.text(on: machine) }
        if store.json {
            let shown = record.tile == nil ? paths : [record.path(on: machine)]
            var output: [String: JSONValue] = [
                "id": .integer(record.id.rawValue), "paths": .array(shown.map(JSONValue.string)),
                "attributes": .object(record.allAttributes),
            ]
            output["tile"] = try record.tile.map { try JSONValue(encoding: TileOutput($0)) }
            return Console.json(.object(output))
        }
        Console.print("id", record.id, separator: "\t")
        for path in paths { Console.print("path", Console.printable(path), separator: "\t") }
        for (name, value) in record.allAttributes.sorted(by: { $0.key < $1.key }) {
            Console.print(Console.printable(name), Console.printable(AttributeText.text(value)), separator: "\t")
        }
    }
}
