import SosiaCore
import Synchronization

/// The files that tiles were cut from of late, open: many hits are of one file.
final class TileShelf: Sendable {
    private static let capacity = 4

    private struct Entry {
        let container: TileContainer
        let source: any TileSource
    }

    /// The one that was used last comes last.
    private let entries = Mutex<[Entry]>([])

    /// - Throws: ``TileError``; also when the file is not the one that its tiles were added from.
    func source(of container: TileContainer) throws(TileError) -> any TileSource {
        let stamp: ImageSource.Stamp
        do throws(SystemError) {
            stamp = try FileStatus(path: container.path).stamp
        } catch {
            throw error.isMissing
                ? .missing(path: container.path) : .unreadable(path: container.path, reason: error.description)
        }
        guard stamp == container.stamp else { throw .changed(path: container.path) }
        if let source = taken(container) { return source }
        let source = try TileFile(container).open()
        keep(Entry(container: container, source: source))
        return source
    }

    private func taken(_ container: TileContainer) -> (any TileSource)? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { Self.areSame($0.container, container) }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.source
        }
    }

    private func keep(_ entry: Entry) {
        entries.withLock { entries in
            entries.removeAll { $0.container.path == entry.container.path }
            entries.append(entry)
            if entries.count > Self.capacity { entries.removeFirst() }
        }
    }

    private static func areSame(_ one: TileContainer, _ other: TileContainer) -> Bool {
        one.path == other.path && one.stamp == other.stamp && one.facts == other.facts
    }
}
