import Catalog
import SosiaCore

/// What has to be done about a file that is to be cut, found out without opening it.
struct TileAddition: Sendable {
    let file: TileFile
    let stamp: ImageSource.Stamp
    /// The file as the collection knows it, when there is nothing to do.
    let unchanged: TileContainer?
    /// The file as the collection knows it from another place, where it is gone.
    let moved: TileContainer?

    /// - Throws: ``SkipReason`` for what is no file; ``StoreError``.
    init(_ file: TileFile, engine: EmbeddedEngine, options: IngestOptions) throws {
        self.file = file
        if file.path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { throw SkipReason.nameHasLineBreak }
        stamp = try Self.stamp(of: file.path)
        let (stamp, known) = (stamp, try engine.reading { try engine.catalog.container(at: file.path) })
        func isSame(_ container: TileContainer) -> Bool { container.kind == file.kind && container.stamp == stamp }
        moved =
            known == nil
            ? try engine.reading { try engine.catalog.containers() }
                .first { isSame($0) && EmbeddedEngine.isMissing($0.path) }
            : nil
        unchanged = known.flatMap { known in
            known.isComplete && isSame(known) && known.facts.tiling == file.tiling ? known : nil
        }
    }

    /// Whether the file is another one than at the beginning.
    func hasChanged() throws -> Bool { try Self.stamp(of: file.path) != stamp }

    private static func stamp(of path: String) throws(SkipReason) -> ImageSource.Stamp {
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus(path: path)
        } catch {
            throw SkipReason(error)
        }
        guard status.kind == .file else { throw .notARegularFile }
        return status.stamp
    }
}
