import FileSystem
import Sosia
import SosiaCore
import Synchronization

/// The collections of the server by name.
final class ServedCollections: Sendable {
    /// Ends the names of folders that hold a collection, and is no part of the collection's own.
    private static let suffix = ".sosia"

    private let options: ServerOptions
    /// Where new collections are made; nil if clients may not make any.
    private let directory: (any CollectionDirectory)?
    private let byName: Mutex<[String: ServedCollection]>

    /// Opens all collections that are served.
    /// - Throws: what opening throws.
    init(_ options: ServerOptions) async throws {
        self.options = options
        var found: [ServedCollection] = []
        switch options.source {
        case .store(let text):
            directory = nil
            let store =
                if options.isWritable {
                    try await Store(creating: text, limits: options.limits.decoding, machine: options.machine)
                } else {
                    try await Store(opening: text, limits: options.limits.decoding, machine: options.machine)
                }
            found.append(ServedCollection(name: Self.name(of: try StoreAddress(text)), store: store))
        case .directory(let text):
            let directory = try await CollectionOpener.current.directory(
                StoreAddress(text), CollectionOpener.Options(machine: options.machine))
            self.directory = directory
            for name in try await directory.names() where CollectionName.isValid(name) {
                let store = try await Store(
                    opening: name, in: directory, writable: options.isWritable, limits: options.limits.decoding,
                    machine: options.machine)
                found.append(ServedCollection(name: name, store: store))
            }
        }
        if let named = options.standardCollection, !found.contains(where: { $0.name == named }) {
            throw ServerError.collectionMissing(name: named)
        }
        byName = Mutex(Dictionary(found.map { ($0.name, $0) }) { first, _ in first })
    }

    /// The name of a collection that is served alone: that of its folder, or the end of its address.
    private static func name(of address: StoreAddress) -> String {
        let last = AbsolutePath.name(address.description)
        return CollectionName.nearest(to: last.hasSuffix(suffix) ? String(last.dropLast(suffix.count)) : last)
    }

    /// Whether clients may create collections.
    var makesCollections: Bool { directory != nil }

    /// Sorted by name.
    var all: [ServedCollection] { byName.withLock { $0.values.sorted { $0.name < $1.name } } }

    func collection(_ name: String) throws(Problem) -> ServedCollection {
        guard let collection = byName.withLock({ $0[name] }) else {
            throw Problem(
                .unknownCollection, "GET /v1/collections lists them", facts: [("collection", .string(name))])
        }
        return collection
    }

    /// The collection for clients that name none: the one that the server was told, else the one called `default`, else
    /// the only one.
    func standard() throws(Problem) -> ServedCollection {
        if let named = options.standardCollection { return try collection(named) }
        let all = all
        guard let collection = all.first(where: { $0.name == "default" }) ?? (all.count == 1 ? all.first : nil) else {
            throw Problem(
                .unknownCollection,
                all.isEmpty
                    ? "the server has no collection"
                    : "the server has \(all.count), and none is called default: start it with --collection NAME")
        }
        return collection
    }

    /// - Returns: the collection, and whether it is new.
    func create(_ name: String, model: String?) async throws -> (collection: ServedCollection, isNew: Bool) {
        guard CollectionName.isValid(name) else {
            throw Problem.parameter("collection", "is not a name: \(CollectionName.pattern)")
        }
        if let known = try? collection(name) {
            if let model, model != known.store.model.name {
                throw StoreError.modelMismatch(got: model, expected: known.store.model.name)
            }
            return (known, false)
        }
        let directory = try writableDirectory()
        // If two create the same one, its engine refuses the second or hands both the same.
        let store = try await Store(
            creating: name, in: directory, model: model, limits: options.limits.decoding, machine: options.machine)
        let made = ServedCollection(name: name, store: store)
        byName.withLock { $0[name] = made }
        return (made, true)
    }

    /// Deletes a collection and everything in it.
    func remove(_ name: String) async throws {
        let directory = try writableDirectory()
        _ = try collection(name)
        try await directory.remove(name)
        byName.withLock { $0[name] = nil }
    }

    private func writableDirectory() throws(Problem) -> any CollectionDirectory {
        guard let directory else {
            throw Problem(.creationDisabled, "it serves one; start it with --root for more")
        }
        return directory
    }
}

/// A collection with the name that clients know it by.
struct ServedCollection: Sendable {
    let name: String
    let store: Store

    /// The address of a picture of this collection.
    func address(of id: ImageID) -> String { "/v1/collections/\(name)/images/\(id)" }
}

/// Valid names of collections. A name also names a folder, so it may not lead elsewhere.
enum CollectionName {
    static let pattern = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$"
    static let longest = 64

    static func isValid(_ name: some StringProtocol) -> Bool {
        (1...longest).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy(isPermitted)
    }

    /// The closest valid name for a collection whose folder has an invalid one.
    static func nearest(to name: String) -> String {
        let permitted = name.utf8.prefix(longest).map { isPermitted($0) ? $0 : UInt8(ascii: "_") }
        let text = String(decoding: permitted, as: UTF8.self)
        return isValid(text) ? text : "collection"
    }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
