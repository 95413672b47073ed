import Foundation
import Reports
import Sosia
import TinyImages

/// The tiny images of one file that are nearest by a collection's network.
struct DeepNeighbors {
    /// Why a collection cannot be searched for the images of a file.
    enum Problem: Error, CustomStringConvertible {
        case notAdded(file: String, collection: String)
        case notAsAdded(file: String, ContainerState)

        var description: String {
            switch self {
            case .notAdded(let file, let collection):
                "\(Console.oneLine(file)) is not in \(Console.oneLine(collection)): add it with sosia add --tiny"
            case .notAsAdded(let file, let state): "\(Console.oneLine(file)) \(state)"
            }
        }
    }

    /// Of the facts of every record, so that pictures of other kinds are passed over within the search.
    private static let format = "tiny"

    private let collection: Store
    private let path: String
    /// Of the collection, the model and the file in it.
    let facts: [Reports.Report.Fact]

    /// - Throws: ``Problem`` unless the collection has all of the file as it is; `StoreError`.
    init(in collection: String, of file: TinyImageFile) async throws {
        let store = try Store(opening: collection, jobs: 1)
        let path = AbsolutePath.of(file.path)
        let status = try await store.status()
        guard let container = status.containers.first(where: { $0.path == path && $0.kind == .tiny }) else {
            throw Problem.notAdded(file: file.path, collection: collection)
        }
        let state = container.checkFiles()
        guard state == .asAdded else { throw Problem.notAsAdded(file: file.path, state) }
        self.collection = store
        self.path = path
        let model = status.model
        facts = [
            .init("collection", (status.path as NSString).lastPathComponent),
            .init("model", model.name),
            .init("weights", model.weightsSHA256),
            .init(
                "by deep embedding",
                "\(model.metric.rawValue) over \(model.dimension) dimensions, \(status.tileCounts[container.id] ?? 0) tiny images; exact"
            ),
        ]
    }

    /// The nearest of the file, nearest first.
    ///
    /// Other files of tiny images are searched as well, down to `SearchRequest.maximumK` neighbours.
    /// - Parameter picture: a file of 32 x 32 pixels: the network sees no more of it than the comparison of pixels.
    func nearest(to picture: String, count: Int) async throws -> [(distance: String, position: Int)] {
        var search = PictureSearch(.file(picture))
        search.mode = .exact
        search.overlaps = .keep
        search.filter = .compare("format", .equal, .string(Self.format))
        search.k = count
        while true {
            let answer = try await collection.search(search)
            let own = answer.hits.compactMap { hit -> (distance: String, position: Int)? in
                guard let tile = hit.record.tile, tile.source == path, let position = tile.position else { return nil }
                return (String(format: "%.4f", hit.distance), position)
            }
            if own.count >= count || answer.hits.count < search.k || search.k >= SearchRequest.maximumK {
                return Array(own.prefix(count))
            }
            search.k = min(search.k * 4, SearchRequest.maximumK)
        }
    }
}
