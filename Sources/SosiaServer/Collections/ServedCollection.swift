import Sosia

/// A collection under the name by which clients know it.
struct ServedCollection: Sendable {
    let name: String
    let store: Store

    /// Where the pictures of this collection are found.
    func address(of id: ImageID) -> String { "/v1/collections/\(name)/images/\(id)" }
}
