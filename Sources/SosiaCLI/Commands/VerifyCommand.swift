import ArgumentParser
import Sosia

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read the whole collection and check it against its checksums.",
        discussion: """
            A picture that --repair takes out is no longer found, but keeps its id and attributes: adding its file \
            again brings it back.
            """)

    @OptionGroup var store: StoreOptions

    @Flag(help: "First take out pictures whose vectors cannot be read, and rewrite the others.")
    var repair = false

    private struct Output: Encodable {
        let pictures: Int
        let vacant: Int
        let problems: [String]
        /// Only with --repair.
        let lost: [Lost]?

        struct Lost: Encodable {
            let id: ImageID
            let paths: [String]
        }
    }

    func run() async throws {
        let lost = repair ? try await Store.repair(store.address, machine: store.machine.name).lost : nil
        let collection = try await store.open()
        let report = try await collection.verify()
        let machine = collection.machine
        let problems = report.problems.map(\.description)
        if store.json {
            try Console.json(
                Output(
                    pictures: report.pictures, vacant: report.vacant, problems: problems,
                    lost: lost?.map { Output.Lost(id: $0.id, paths: $0.sources.map { $0.text(on: machine) }) }))
        } else {
            for picture in lost ?? [] {
                let paths =
                    picture.sources.isEmpty
                    ? "its file" : picture.sources.map { $0.text(on: machine) }.joined(separator: " or ")
                Console.print("picture \(picture.id) lost its vector; add \(Console.printable(paths)) again")
            }
            for problem in problems { Console.print(Console.printable(problem)) }
            Console.print(
                "\(report.pictures) pictures, \(problems.isEmpty ? "nothing wrong" : "\(problems.count) problems")")
        }
        if !problems.isEmpty { throw ExitStatus.failed }
    }
}
