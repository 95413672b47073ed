public import ArgumentParser
import ObjectStores
public import Sosia

struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("store"), help: "The collection's folder.")
    var path: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    var resolved: String { path ?? StoreLocation.standard() }

    /// The bytes of pictures that were uploaded to the collection.
    var originals: FolderObjectStore { FolderObjectStore(path: StoreLocation.originals(of: resolved)) }

    func validate() throws {
        if path == "" { throw ValidationError("--store names no folder.") }
    }
}

struct MemoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Limit resident memory, for example to 512M or 1G.", valueName: "size"))
    var memory: MemoryBudget?
}

extension MemoryBudget: ExpressibleByArgument {
    /// A number of bytes, or of K, M, G or T (powers of 1,024).
    public init?(argument: String) {
        let units = Array("KMGT")
        let last = argument.last.flatMap { units.firstIndex(of: Character($0.uppercased())) }
        guard let number = Int(last == nil ? argument[...] : argument.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (10 * (last.map { $0 + 1 } ?? 0)))
        guard !overflow else { return nil }
        self.init(bytes: bytes)
    }
}
