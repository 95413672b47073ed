import Catalog
import FileSystem
import SosiaCore

extension EmbeddedEngine {
    /// Forgets the files below some folders that are gone.
    /// - Parameters:
    ///   - roots: absolute paths.
    ///   - force: prune even where a root is missing or more than half of the files would go.
    /// - Returns: how many pictures went.
    /// - Throws: ``StoreError/pruneRootMissing(path:)``, ``StoreError/pruneTooLarge(gone:known:)``; nothing was
    ///   forgotten then.
    func prune(_ roots: [String], force: Bool) async throws -> Int {
        var known = 0
        var gone: [String] = []
        var containers: [TileContainer] = []
        if !force, let missing = roots.first(where: Self.isMissing) {
            throw StoreError.pruneRootMissing(path: missing)
        }
        // Each file is counted once, however often the roots name it.
        for root in AbsolutePath.disjoint(roots) {
            let locations = try reading { try catalog.locations(under: root) }
            known += locations.count
            gone += locations.filter(Self.isMissing)
            let rasters = try reading { try catalog.containers(under: root) }
            known += rasters.count
            containers += rasters.filter { Self.isMissing($0.path) }
        }
        let files = gone.count + containers.count
        if !force && files * 2 > known { throw StoreError.pruneTooLarge(gone: files, known: known) }
        var pictures = gone.isEmpty ? 0 : try await writable().forget(gone)
        if !containers.isEmpty { pictures += try await writable().forget(containers: containers.map(\.id)) }
        return pictures
    }

    /// Whether a file or folder is gone. What is no path, as the source of an upload, never is.
    static func isMissing(_ path: String) -> Bool {
        guard path.hasPrefix("/") else { return false }
        do throws(FileError) {
            _ = try FileStatus(path: path)
            return false
        } catch {
            return error.isMissing
        }
    }
}
