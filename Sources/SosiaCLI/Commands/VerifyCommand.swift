import ArgumentParser
import Sosia

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read the whole collection and hold it against its checksums.")

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let pictures: Int
        let vacant: Int
        let problems: [String]
    }

    func run() async throws {
        let report = try await Store(opening: store.resolved).verify()
        let problems = report.problems.map(\.description)
        if store.json {
            try Console.json(Output(pictures: report.pictures, vacant: report.vacant, problems: problems))
        } else {
            for problem in problems { print(Console.printable(problem)) }
            print("\(report.pictures) pictures, \(problems.isEmpty ? "nothing wrong" : "\(problems.count) problems")")
        }
        if !problems.isEmpty { throw ExitStatus.failed }
    }
}
