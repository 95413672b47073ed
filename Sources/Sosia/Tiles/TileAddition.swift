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
    /// Whether the collection has never seen the file under this path.
    private let isNew: Bool

    /// Whether the collection may hold tiles of it.
    var mayHaveTiles: Bool { !isNew || moved != nil }

    /// - Throws: ``SkipReason`` for what is no file; ``StoreError``.
    init(_ file: TileFile, in store: Store) async throws {
        self.file = file
        if file.path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) { throw SkipReason.nameHasLineBreak }
        own = try Self.stamp(of: file.path)
        let known = try await store.engine.container(at: file.path, on: store.machine)
        isNew = known == nil
        if let known {
            let isUnchanged = known.isComplete && file.isSame(as: known, own) && known.facts.tiling == file.tiling
            (unchanged, moved) = (isUnchanged ? known : nil, nil)
        } else {
            let own = own
            unchanged = nil
            moved = try await store.countedContainers().lazy.map(\.container).first { container in
                container.machine == store.machine && file.isSame(as: container, own)
                    && MissingFile.isMissing(container.path)
            }
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

extension TileFile {
    /// Whether it is taken for a file that the collection knows, by sizes and times.
    /// - Parameter own: the stamp of the file without its parts.
    fileprivate func isSame(as container: TileContainer, _ own: ImageSource.Stamp) -> Bool {
        guard container.kind == kind else { return false }
        let parts = container.parts(at: path)
        let stamp = parts.isEmpty ? own : try? TileContainer.stamp(of: path, with: parts)
        // A side file that was not there may say something else of the pixels.
        return stamp.map(container.stamp.isSameFile) == true && newParts(besides: parts).isEmpty
    }
}
