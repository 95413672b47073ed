import ArgumentParser
import Foundation
import SosiaServer

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Create, list and remove the keys that let clients use the server.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Options: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The file of keys; by default $SOSIA_KEYS, otherwise sosia/keys.json in your configuration folder.",
                valueName: "file"))
        var apiKeyFile: String?

        @Flag(help: "Print the result as JSON.")
        var json = false

        var file: KeyFile { KeyFile(apiKeyFile ?? KeyFile.standardPath()) }
    }

    /// A key as it is listed; the secret is not part of it.
    private struct Entry: Encodable {
        let name: String
        let scopes: [String]
        let created: String

        init(_ record: KeyRecord) {
            name = record.name
            scopes = record.scopes.map(\.rawValue).sorted()
            created = record.created.formatted(.iso8601)
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a key and show it, this once.",
            discussion: "Only a digest of the key is kept. If you lose a key, remove it and create another.")

        @Argument(help: "A name for the key: who or what will use it.")
        var name: String

        @Flag(help: "Let its owner also add, change and remove pictures.")
        var write = false

        @Flag(help: "Show its owner in which folders of the server the files of pictures lie.")
        var paths = false

        @OptionGroup var options: Options

        private struct Output: Encodable {
            let name: String
            let key: String
        }

        func run() throws {
            let key = try options.file.change { ring throws(KeyFileError) in
                try ring.add(name: name, scopes: Set([.read] + (write ? [.write] : []) + (paths ? [.paths] : [])))
            }
            if options.json { return try Console.json(Output(name: name, key: key.text)) }
            Console.print(key.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys by name, without the keys themselves.")

        @OptionGroup var options: Options

        func run() throws {
            let entries = try options.file.read().records.map(Entry.init)
            if options.json { return try Console.json(entries) }
            for entry in entries {
                Console.print(
                    Console.printable(entry.name), entry.scopes.joined(separator: ","), entry.created, separator: "\t")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a key; a running server accepts it until it is restarted.")

        @Argument(help: "The name of the key.")
        var name: String

        @OptionGroup var options: Options

        private struct Output: Encodable {
            let removed: String
        }

        func run() throws {
            try options.file.change { ring throws(KeyFileError) in try ring.remove(name: name) }
            if options.json { return try Console.json(Output(removed: name)) }
            Console.print("removed \(Console.printable(name))")
        }
    }
}
