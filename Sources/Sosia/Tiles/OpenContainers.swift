import SosiaCore
import Workers

/// The files that tiles were cut from of late, open: many hits are of one file.
final class OpenContainers: Sendable {
    private struct Entry {
        let container: TileContainer
        let source: any TileSource
    }

    /// Whose files are opened.
    private let machine: MachineName
    /// By path.
    private let entries = RecentCache<String, Entry>(capacity: 4)
    private let open: @Sendable (TileFile) throws(TileError) -> any TileSource

    init(
        machine: MachineName,
        open: @escaping @Sendable (TileFile) throws(TileError) -> any TileSource = { file throws(TileError) in
            try file.open()
        }
    ) {
        self.machine = machine
        self.open = open
    }

    /// Reads from a file.
    /// - Throws: ``TileError``; also when the file is not the one that its tiles were added from.
    func read<Result>(
        _ container: TileContainer, _ body: (any TileSource) throws(TileError) -> Result
    ) throws(TileError) -> Result {
        let source = try source(of: container)
        do throws(TileError) {
            return try body(source)
        } catch {
            switch error {
            case .changed, .missing:
                // The open one has met another file. The one that is there now may be that of the tiles again.
                entries[container.path] = nil
                return try body(self.source(of: container))
            case .unreadable, .damaged, .unavailable, .cancelled, .elsewhere: throw error
            }
        }
    }

    /// Any part of a file that is one large picture.
    /// - Throws: ``TileError``; also when the file is not the one that its tiles were added from.
    func scaled(
        _ container: TileContainer, _ window: PixelWindow, width: Int, height: Int
    ) throws(TileError) -> PixelImage {
        let pixels = try read(container) { source throws(TileError) in
            try source.scaled(window, width: width, height: height)
        }
        guard let pixels else { throw .changed(path: container.path) }
        return pixels
    }

    /// - Throws: ``TileError``; also when the file is not the one that its tiles were added from.
    func check(_ container: TileContainer) throws(TileError) {
        guard container.machine == machine else {
            throw .elsewhere(path: container.path, machine: container.machine)
        }
        guard try container.presentStamp().isSameFile(as: container.stamp) else { throw .changed(path: container.path) }
    }

    private func source(of container: TileContainer) throws(TileError) -> any TileSource {
        try check(container)
        if let entry = entries[container.path], Self.areSame(entry.container, container) { return entry.source }
        let source = try open(TileFile(container))
        entries[container.path] = Entry(container: container, source: source)
        return source
    }

    private static func areSame(_ one: TileContainer, _ other: TileContainer) -> Bool {
        one.path == other.path && one.stamp.isSameFile(as: other.stamp) && one.facts == other.facts
    }
}
