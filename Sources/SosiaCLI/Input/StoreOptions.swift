import ArgumentParser
import ObjectStores
import Sosia

struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("store"), help: "The collection's folder.")
    var path: String?

    @Flag(help: "Print one JSON document instead of lines.")
    var json = false

    var resolved: String { path ?? StoreLocation.standard() }

    /// The bytes of pictures that were uploaded to the collection.
    var originals: FolderObjectStore { FolderObjectStore(path: StoreLocation.originals(of: resolved)) }

    func validate() throws {
        if path == "" { throw ValidationError("--store names no folder.") }
    }
}
