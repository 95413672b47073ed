/// Reads which files pictures are cut from, and which of their windows are pictures.
public protocol TileRecords: Sendable {
    /// Containers, ordered by number.
    /// - Parameters:
    ///   - kind: nil for all kinds.
    ///   - id: the last one of the previous page; nil for the first page.
    func containers(_ kind: TileContainer.Kind?, after id: Int64?, limit: Int) async throws -> [CountedContainer]

    func container(_ id: Int64) async throws -> TileContainer?

    func container(at path: String, on machine: MachineName) async throws -> TileContainer?

    /// The tiles of a container, ordered by the y, x, width and height of their windows.
    /// - Parameter window: the last one of the previous page; nil for the first page.
    func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile]
}

/// Changes the files that pictures are cut from. Every change is one transaction, as in a ``PictureLedger``.
public protocol TileLedger: TileRecords {
    /// Registers a file before its tiles are added or examined again. It is incomplete until
    /// ``finish(container:isComplete:forgetting:)``.
    ///
    /// Where the rule for empty tiles has changed, tiles lose their stamps, so that each is examined again.
    /// - Returns: the number of the container, which never changes.
    func begin(_ file: ContainerFile) async throws -> Int64

    /// Records that a file has moved. That it is the same file is a guess, so its tiles lose their stamps and are examined
    /// again.
    func move(container id: Int64, to path: String, on machine: MachineName) async throws

    /// Ends the adding of a file and removes the tiles that it no longer has.
    /// - Parameter isComplete: whether every window was examined.
    /// - Returns: how many pictures were removed.
    func finish(container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]) async throws -> Int

    /// Removes containers with all their tiles, including lost ones.
    /// - Returns: how many pictures were removed.
    func forget(containers ids: [Int64]) async throws -> Int
}

/// A file that is about to be cut.
public struct ContainerFile: Sendable, Hashable {
    /// Absolute.
    public let path: String
    public let machine: MachineName
    public let kind: TileContainer.Kind
    /// Of the file and all its parts.
    public let stamp: ImageSource.Stamp
    public let facts: TileContainer.Facts

    public init(
        path: String, machine: MachineName, kind: TileContainer.Kind, stamp: ImageSource.Stamp,
        facts: TileContainer.Facts
    ) {
        self.path = path
        self.machine = machine
        self.kind = kind
        self.stamp = stamp
        self.facts = facts
    }
}

/// A container and the number of its tiles.
public struct CountedContainer: Sendable, Hashable {
    public let container: TileContainer
    public let tiles: Int

    public init(container: TileContainer, tiles: Int) {
        self.container = container
        self.tiles = tiles
    }
}

/// A window of a file that is a picture.
public struct LedgerTile: Sendable, Hashable {
    public let window: PixelWindow
    /// Whether it was cut from the file's present version: its stamp is the container's.
    public let isCurrent: Bool

    public init(window: PixelWindow, isCurrent: Bool) {
        self.window = window
        self.isCurrent = isCurrent
    }
}
