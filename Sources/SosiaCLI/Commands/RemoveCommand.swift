import ArgumentParser
import FileSystem
import Sosia

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget pictures, by id or by the path of a file or folder.",
        discussion: """
            The files themselves are left alone, so the next `sosia add` of their folder brings the pictures back. Write a \
            file whose name is a number as ./12.
            """)

    @Argument(help: ArgumentHelp("Ids and paths.", valueName: "id|path"))
    var targets: [String]

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let removed: Int
        /// Missing when all were known.
        let unknown: [String]?
    }

    func run() async throws {
        let collection = try await store.open(writable: true)
        var unknown: [String] = []
        for target in targets {
            if let id = ImageID(argument: target) {
                if try await collection.contains(id) { continue }
                Console.error("there is no picture with id \(id)")
            } else {
                if try await collection.contains(path: target) { continue }
                Console.error("no picture was seen at \(Console.oneLine(AbsolutePath.of(target)))")
            }
            unknown.append(target)
        }
        let ids = targets.compactMap(ImageID.init(argument:))
        let paths = targets.filter { ImageID(argument: $0) == nil }
        let removed = try await collection.remove(ids) + collection.remove(paths: paths)
        if store.json {
            try Console.json(Output(removed: removed, unknown: unknown.isEmpty ? nil : unknown))
        } else {
            Console.print("\(removed) removed")
        }
        if removed > 0 {
            Console.error(
                "note: the files are left alone; the next `sosia add` of their folder brings the pictures back")
        }
        if !unknown.isEmpty { throw removed == 0 ? ExitStatus.failed : ExitStatus.skippedFiles }
    }
}
