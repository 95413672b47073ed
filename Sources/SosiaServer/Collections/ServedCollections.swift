import Foundation
import Sosia
import Synchronization

/// The collections of the server by name.
final class ServedCollections: Sendable {
    static let suffix = ".sosia"

    /// Opens a collection, creating it if it does not exist.
    /// - Parameter model: of a new collection; nil for the default.
    typealias Opening = @Sendable (_ path: String, _ model: String?) throws -> Store

    private let open: Opening
    /// Where new collections are made; nil if clients may not make any.
    private let folder: String?
    private let byName: Mutex<[String: ServedCollection]>

    /// Opens all collections of the source.
    /// - Throws: what opening throws.
    init(_ source: CollectionSource, open: @escaping Opening) throws {
        self.open = open
        var found: [String: ServedCollection] = [:]
        switch source {
        case .store(let path):
            folder = nil
            let last = URL(fileURLWithPath: path).lastPathComponent
            let stem = last.hasSuffix(Self.suffix) ? String(last.dropLast(Self.suffix.count)) : last
            let name = CollectionName.nearest(to: stem)
            found[name] = ServedCollection(name: name, store: try open(path, nil))
        case .folder(let path):
            folder = path
            for entry in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
                let name = entry.dropLast(Self.suffix.count)
                let store = path + "/" + entry
                guard entry.hasSuffix(Self.suffix), CollectionName.isValid(name), Store.exists(at: store) else {
                    continue
                }
                found[String(name)] = ServedCollection(name: String(name), store: try open(store, nil))
            }
        }
        byName = Mutex(found)
    }

    /// Whether clients may create collections.
    var makesCollections: Bool { folder != nil }

    /// Sorted by name.
    var all: [ServedCollection] { byName.withLock { $0.values.sorted { $0.name < $1.name } } }

    func collection(_ name: String) throws(Problem) -> ServedCollection {
        guard let collection = byName.withLock({ $0[name] }) else {
            throw Problem(
                .unknownCollection, "GET /v1/collections lists them", facts: [("collection", .string(name))])
        }
        return collection
    }

    /// The collection for clients that name none: the one called `default`, else the first.
    func standard() throws(Problem) -> ServedCollection {
        guard let collection = byName.withLock({ $0["default"] }) ?? all.first else {
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
        // If two create the same one, the collection's lock refuses the second.
        byName.withLock { $0[name] = made }
        return (made, true)
    }

    /// Deletes a collection and everything in it.
    func remove(_ name: String) throws {
        let path = try path(name)
        _ = try collection(name)
        // Rename first, so that an interrupted deletion never leaves half a collection.
        let doomed = path + ".deleted-" + UUID().uuidString
        try FileManager.default.moveItem(atPath: path, toPath: doomed)
        byName.withLock { $0[name] = nil }
        try FileManager.default.removeItem(atPath: doomed)
    }

    private func path(_ name: String) throws(Problem) -> String {
        guard let folder else { throw Problem(.creationDisabled, "it serves one; start it with --root for more") }
        return folder + "/" + name + Self.suffix
    }
}

/// A collection with the name that clients know it by.
struct ServedCollection: Sendable {
    let name: String
    let store: Store

    /// The numbers of the rasters that the pictures were cut from, by path.
    func rasters(of records: some Sequence<ImageRecord>) throws -> [String: Int64] {
        let paths = Set(records.compactMap(\.tile?.source))
        return paths.isEmpty ? [:] : try store.rasterNumbers(of: paths)
    }

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
