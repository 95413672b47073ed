import Foundation
import Sosia
import Synchronization

/// The collections of the server by name.
final class CollectionShelf: Sendable {
    static let ending = ".sosia"

    /// Opens a collection, and makes it when it is not there.
    /// - Parameter model: of a new collection; nil for the standard one.
    typealias Opening = @Sendable (_ path: String, _ model: String?) throws -> Store

    private let open: Opening
    /// Where new collections are made; nil when none are.
    private let folder: String?
    private let collections: Mutex<[String: ServedCollection]>

    /// Opens all that there are.
    /// - Throws: what opening throws.
    init(_ source: CollectionSource, open: @escaping Opening) throws {
        self.open = open
        var found: [String: ServedCollection] = [:]
        switch source {
        case .store(let path):
            folder = nil
            let last = URL(fileURLWithPath: path).lastPathComponent
            let stem = last.hasSuffix(Self.ending) ? String(last.dropLast(Self.ending.count)) : last
            let name = CollectionName.nearest(to: stem)
            found[name] = ServedCollection(name: name, store: try open(path, nil))
        case .folder(let path):
            folder = path
            for entry in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
                let name = entry.dropLast(Self.ending.count)
                let store = path + "/" + entry
                guard entry.hasSuffix(Self.ending), CollectionName.isValid(name), Store.exists(at: store) else {
                    continue
                }
                found[String(name)] = ServedCollection(name: String(name), store: try open(store, nil))
            }
        }
        collections = Mutex(found)
    }

    /// Whether clients may make collections.
    var makesCollections: Bool { folder != nil }

    /// By name.
    var all: [ServedCollection] { collections.withLock { $0.values.sorted { $0.name < $1.name } } }

    func collection(_ name: String) throws(Problem) -> ServedCollection {
        guard let collection = collections.withLock({ $0[name] }) else {
            throw Problem(
                .unknownCollection, "GET /v1/collections lists them", facts: [("collection", .string(name))])
        }
        return collection
    }

    /// For clients that name none: the only one, the one called `default`, or the first.
    func standard() throws(Problem) -> ServedCollection {
        guard let collection = collections.withLock({ $0["default"] }) ?? all.first else {
            throw Problem(.unknownCollection, "the server has no collection")
        }
        return collection
    }

    /// - Returns: the collection, and whether it is new.
    func create(_ name: String, model: String?) throws -> (collection: ServedCollection, isNew: Bool) {
        guard CollectionName.isValid(name) else {
            throw Problem.parameter("collection", "is not a name: \(CollectionName.pattern)")
        }
        if let known = try? collection(name) {
            if let model, model != known.store.engine.model.name {
                throw StoreError.modelMismatch(got: model, expected: known.store.engine.model.name)
            }
            return (known, false)
        }
        let made = ServedCollection(name: name, store: try open(path(name), model))
        // Of two who make the same, the second is refused by the collection's lock.
        collections.withLock { $0[name] = made }
        return (made, true)
    }

    /// Deletes a collection with all it holds.
    func remove(_ name: String) throws {
        let path = try path(name)
        _ = try collection(name)
        // Renamed first: whatever happens while the files go, the collection is gone as a whole.
        let doomed = path + ".deleted-" + UUID().uuidString
        try FileManager.default.moveItem(atPath: path, toPath: doomed)
        collections.withLock { $0[name] = nil }
        try FileManager.default.removeItem(atPath: doomed)
    }

    private func path(_ name: String) throws(Problem) -> String {
        guard let folder else { throw Problem(.creationDisabled, "it serves one; start it with --root for more") }
        return folder + "/" + name + Self.ending
    }
}
