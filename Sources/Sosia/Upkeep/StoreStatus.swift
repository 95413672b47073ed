import Catalog
import FileSystem
public import SosiaCore

/// What a collection holds and costs.
public struct StoreStatus: Sendable, Hashable {
    /// The collection's folder, absolute.
    public let path: String
    public let model: ModelIdentity
    public let pictures: Int
    /// Rows that compaction would give back.
    public let vacant: Int
    /// Pictures that ``Store/repair(_:)`` took out, and whose files were not added again.
    public let lost: Int
    /// Of the vectors and their indexes; compaction and repair make a new one.
    public let generation: Int64
    public let catalogBytes: Int64
    public let vectorBytes: Int64
    /// The indexes that searches use; none means the plain scan.
    public let indexes: [IndexStatus]
    /// The files that tiles were cut from, by path.
    public let containers: [TileContainer]
    /// Pictures that were cut from each of them, by its number; one without any is not among them.
    public let tileCounts: [Int64: Int]
}

extension EmbeddedEngine {
    func status() throws -> StoreStatus {
        try reading {
            guard let state = try catalog.state() else { throw StoreError.missing(path: layout.root) }
            let pictures = try catalog.count()
            return StoreStatus(
                path: layout.root, model: model, pictures: pictures, vacant: state.rows - pictures,
                lost: try catalog.lost().count,
                generation: state.generation,
                catalogBytes: try FileStatus(path: layout.catalog).stamp.size,
                vectorBytes: (try? FileStatus(path: layout.vectors).stamp.size) ?? 0,
                indexes: try indexStatus(), containers: try catalog.containers(),
                tileCounts: try catalog.tileCounts())
        }
    }
}
