import Sosia

/// A collection under the name by which clients know it.
struct ServedCollection: Sendable {
    let name: String
    let store: Store

    /// The numbers of the files that pictures were cut from, by path; empty when none was.
    func rasters(of records: some Sequence<ImageRecord>) throws -> [String: Int64] {
        let paths = Set(records.compactMap(\.tile?.source))
        return paths.isEmpty ? [:] : try store.rasterNumbers(of: paths)
    }

    /// Where the pictures of this collection are found.
    func address(of id: ImageID) -> String { "/v1/collections/\(name)/images/\(id)" }
}
