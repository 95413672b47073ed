import Catalog
import FileSystem
import SosiaCore

/// What has to be done about a file that is to be cut, found out without opening it.
struct TileAddition: Sendable {
    let file: TileFile
    /// Of the file without its parts, which are known once it is open.
    private let own: ImageSource.Stamp
    /// The file as the collection knows it, when there is nothing to do.
    let unchanged: TileContainer?
    /// A file of this size and time that the collection knows from another place, where it is gone: likely this one.
    let moved: TileContainer?

    /// - Throws: ``SkipReason`` for what is no file; ``StoreError``.
    init(_ file: TileFile, engine: EmbeddedEngine, options: IngestOptions) throws {
        self.file = file
        if file.path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { throw SkipReason.nameHasLineBreak }
        own = try Self.stamp(of: file.path)
        let own = own
        let known = try engine.reading { try engine.catalog.container(at: file.path) }
        func isSame(_ container: TileContainer) -> Bool {
            guard container.kind == file.kind else { return false }
            let parts = container.parts(at: file.path)
            let stamp = parts.isEmpty ? own : try? TileContainer.stamp(of: file.path, with: parts)
            // A side file that was not there may say something else of the pixels.
            return stamp.map(container.stamp.isSameFile) == true && file.newParts(besides: parts).isEmpty
        }
        moved =
            known == nil
            ? try engine.reading { try engine.catalog.containers() }
                .first { isSame($0) && EmbeddedEngine.isMissing($0.path) }
            : nil
        unchanged = known.flatMap { known in
            known.isComplete && isSame(known) && known.facts.tiling == file.tiling ? known : nil
        }
    }

    /// What became of the file and of all that it is read from; nil for nothing.
    func change(of source: any TileSource, since stamp: ImageSource.Stamp) -> TileError? {
        do {
            return try self.stamp(of: source).isSameFile(as: stamp) ? nil : .changed(path: file.path)
        } catch let error as TileError {
            return error
        } catch SkipReason.notFound {
            return .missing(path: file.path)
        } catch {
            return .unreadable(path: file.path, reason: "\(error)")
        }
    }

    /// The stamp of the file and of all that it is read from.
    /// - Throws: ``TileError``, also when the file is another one than at the beginning; ``SkipReason``
    func stamp(of source: any TileSource) throws -> ImageSource.Stamp {
        guard try Self.stamp(of: file.path).isSameFile(as: own) else { throw TileError.changed(path: file.path) }
        return try TileContainer.stamp(of: file.path, with: source.facts.parts ?? [])
    }

    private static func stamp(of path: String) throws(SkipReason) -> ImageSource.Stamp {
        let status: FileStatus
        do throws(FileError) {
            status = try FileStatus(path: path)
        } catch {
            throw SkipReason(error)
        }
        guard status.kind == .file else { throw .notARegularFile }
        return ImageSource.Stamp(status.stamp)
    }
}
