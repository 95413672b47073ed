import ArgumentParser
import Sosia
import SosiaCore

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read the whole collection and check it against its checksums.",
        discussion: """
            Looks at records, indexes, vectors, the bytes of uploads, and the files that tiles were cut from. Ends with 0 \
            when nothing is wrong, notes included, and with 1 when something is.

            --files reads the files of all other pictures, too, and names those whose bytes are not what was added, \
            whatever their sizes and times say; `sosia add --rehash` reads them again.

            --repair mends damaged records from the files that they tell of, and says what it could not mend. A picture \
            that it takes out is no longer found, but keeps its id and attributes: adding its file again brings it back.
            """)

    @OptionGroup var store: StoreOptions

    @Flag(help: "Hash all files of this machine, and name those that are not what was added.")
    var files = false

    @Flag(help: "First mend records, take out pictures whose vectors cannot be read, and rewrite the others.")
    var repair = false

    private struct Output: Encodable {
        let pictures: Int
        let vacant: Int
        /// Only with --files.
        let files: Int?
        let problems: [String]
        let notes: [String]
        /// Only with --repair.
        let lost: [Lost]?
        let records: [Record]?

        struct Record: Encodable {
            let id: ImageID
            let outcome: String
        }

        struct Lost: Encodable {
            let id: ImageID
            let paths: [String]
        }
    }

    func run() async throws {
        let repaired = repair ? try await Store.repair(store.address, machine: store.machine.name) : nil
        let lost = repaired?.lost
        let collection = try await store.open()
        let report = try await collection.verify(files: files)
        let machine = collection.machine
        let (problems, notes) = (report.problems.map(\.description), report.notes.map(\.description))
        if store.json {
            try Console.json(
                Output(
                    pictures: report.pictures, vacant: report.vacant, files: files ? report.files : nil,
                    problems: problems,
                    notes: notes,
                    lost: lost?.map { Output.Lost(id: $0.id, paths: $0.sources.map { $0.text(on: machine) }) },
                    records: repaired?.records.map { Output.Record(id: $0.id, outcome: $0.outcome.word) }))
        } else {
            for picture in lost ?? [] {
                let paths =
                    picture.sources.isEmpty
                    ? "its file" : picture.sources.map { $0.text(on: machine) }.joined(separator: " or ")
                Console.print("picture \(picture.id) lost its vector; add \(Console.printable(paths)) again")
            }
            for record in repaired?.records ?? [] {
                Console.print("the record of picture \(record.id) was damaged: \(record.outcome.sentence)")
            }
            for line in problems + notes { Console.print(Console.printable(line)) }
            let counts = "\(report.pictures) pictures" + (files ? ", \(report.files) files" : "")
            Console.print(
                "\(counts), \(problems.isEmpty ? "nothing wrong" : "\(problems.count) problems")")
        }
        if !problems.isEmpty { throw ExitStatus.failed }
    }
}

extension RecordRepair.Outcome {
    fileprivate var word: String {
        switch self {
        case .mended: "mended"
        case .factsRead: "facts_read"
        case .unproven: "unproven"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .mended: "it was mended"
        case .factsRead: "its facts were read again; look at its attributes, which may not be what was written"
        case .unproven: "it could not be mended; look at it, for it may not be what was written"
        }
    }
}
