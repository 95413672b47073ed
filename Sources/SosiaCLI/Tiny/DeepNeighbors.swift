import FileSystem
import Foundation
import Reports
import Sosia
import SosiaCore
import TinyImages

/// The tiny images of one file that are nearest by a collection's network.
struct DeepNeighbors {
    /// Why a collection cannot be searched for the images of a file.
    enum Problem: Error, CustomStringConvertible {
        case notAdded(file: String, collection: String)
        case notAsAdded(file: String, TileContainer.State)

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
    /// Its number in the collection.
    private let container: Int64
    /// Of the collection, the model and the file in it.
    let facts: [Reports.Report.Fact]

    /// - Throws: ``Problem`` unless the collection has all of the file as it is; `StoreError`.
    init(in collection: String, on machine: MachineName, of file: TinyImageFile) async throws {
        let store = try await Store(opening: collection, jobs: 1, machine: machine)
        let path = AbsolutePath.of(file.path)
        let status = try await store.status()
        let name = status.address?.description ?? ""
        let counted = status.containers.first {
            $0.container.path == path && $0.container.machine == status.machine && $0.container.kind == .tiny
        }
        guard let counted else { throw Problem.notAdded(file: file.path, collection: name) }
        let state = counted.container.state(on: status.machine)
        guard state == .asAdded else { throw Problem.notAsAdded(file: file.path, state) }
        self.collection = store
        container = counted.container.id
        let model = status.model
        facts = [
            .init("collection", AbsolutePath.name(name)),
            .init("model", model.name),
            .init("weights", model.weightsSHA256),
            .init(
                "by deep embedding",
                "\(model.metric.rawValue) over \(model.dimension) dimensions, \(counted.tiles) tiny images; exact"
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
                guard let tile = hit.record.tile, tile.container == container, let position = tile.position else {
                    return nil
                }
                return (String(format: "%.4f", hit.distance), position)
            }
            if own.count >= count || answer.hits.count < search.k || search.k >= SearchRequest.maximumK {
                return Array(own.prefix(count))
            }
            search.k = min(search.k * 4, SearchRequest.maximumK)
        }
    }
}
