import ArgumentParser
import Sosia

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget pictures, by id or by the path of a file or folder.",
        discussion: "The files themselves are left alone. A file whose name is a number is written ./12.")

    @Argument(help: ArgumentHelp("Ids and paths.", valueName: "id|path"))
    var targets: [String]

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let removed: Int
    }

    func run() async throws {
        let collection = try Store(opening: store.resolved, writable: true)
        let ids = targets.compactMap(ImageID.init(argument:))
        let paths = targets.filter { ImageID(argument: $0) == nil }
        let removed = try await collection.remove(ids) + collection.remove(paths: paths)
        if store.json { return try Console.json(Output(removed: removed)) }
        print("\(removed) removed")
    }
}
