import ArgumentParser
import Sosia

struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("store"), help: "The collection's folder.")
    var path: String?

    @Flag(help: "Print one JSON document instead of lines.")
    var json = false

    var resolved: String { path ?? StoreLocation.standard() }

    func validate() throws {
        if path == "" { throw ValidationError("--store names no folder.") }
    }
}
