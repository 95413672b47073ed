import Hummingbird
import Sosia

extension ServerContext {
    /// The collection that the address names.
    func collection(on shelf: CollectionShelf) throws(Problem) -> ServedCollection {
        try shelf.collection(parameters.get("collection") ?? "")
    }

    /// The picture that the address names.
    func picture() throws(Problem) -> ImageID {
        guard let number = parameters.get("id").flatMap({ Int64($0) }), number > 0 else {
            throw .parameter("id", "is not the number of a picture")
        }
        return ImageID(rawValue: number)
    }
}
