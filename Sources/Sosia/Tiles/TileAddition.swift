import Catalog
import SosiaCore

/// What has to be done about a file that is to be cut, found out without opening it.
struct TileAddition: Sendable {
    let file: TileFile
    let stamp: ImageSource.Stamp
    /// The file as the collection knows it, when there is nothing to do.
    let unchanged: TileContainer?
    /// A file of this size and time that the collection knows from another place, where it is gone: likely this one.
    let moved: TileContainer?

    /// - Throws: ``SkipReason`` for what is no file; ``StoreError``.
    init(_ file: TileFile, engine: EmbeddedEngine, options: IngestOptions) throws {
        self.file = file
        if file.path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { throw SkipReason.nameHasLineBreak }
        stamp = try Self.stamp(of: file.path)
        let (stamp, known) = (stamp, try engine.reading { try engine.catalog.container(at: file.path) })
        moved =
            known == nil
            ? try engine.reading { try engine.catalog.containers(of: file.kind, with: stamp) }
                .first { EmbeddedEngine.isMissing($0.path) }
            : nil
        unchanged = known.flatMap { known in
            known.isComplete && known.kind == file.kind && known.stamp == stamp && known.facts.tiling == file.tiling
                ? known : nil
        }
    }

    /// What became of the file since the beginning; nil for nothing.
    var change: TileError? {
        do throws(SkipReason) {
            return try Self.stamp(of: file.path) == stamp ? nil : .changed(path: file.path)
        } catch {
            return error == .notFound
                ? .missing(path: file.path) : .unreadable(path: file.path, reason: error.description)
        }
    }

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
