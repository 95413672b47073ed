import ArgumentParser
import Foundation
import Sosia

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "List, show and add networks.",
        subcommands: [List.self, Show.self, Add.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the available networks.")

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            let listing = ModelDirectory.standard().list()
            for problem in listing.problems { Console.error("skipped \(problem.file.path): \(problem.error)") }
            let cards = listing.models.map(\.card)
            if json { return try Console.json(cards) }
            for card in cards {
                Console.print(
                    Console.printable(card.name), "\(card.dimension) dimensions",
                    "\(card.input.width)x\(card.input.height)", Console.printable(card.licence), separator: "\t")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a network's card.")

        @Argument(help: "The network's name.")
        var name: String

        @Flag(help: "Print it as one line of JSON.")
        var json = false

        func run() throws {
            let card = try ModelDirectory.standard().model(named: name).card
            if json { return try Console.json(card) }
            Console.print(try Console.indentedJSON(card))
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a network: an ONNX file and its card.",
            discussion:
                "The network is run once. If its card does not fit, both are refused, and the wrong fact is named.")

        @Argument(help: ArgumentHelp("The network.", valueName: "file.onnx"))
        var weights: String

        @Option(help: ArgumentHelp("Its card; by default FILE.json beside it.", valueName: "card.json"))
        var card: String?

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            let weights = URL(fileURLWithPath: weights)
            let description =
                card.map { URL(fileURLWithPath: $0) }
                ?? weights.deletingPathExtension().appendingPathExtension("json")
            let added = try ModelDirectory.standard().add(card: description, weights: weights)
            if json { return try Console.json(added.card) }
            Console.print("added \(Console.printable(added.card.name)) (\(added.card.dimension) dimensions)")
        }
    }
}
