/// The files that pictures are cut from, and which of their windows are pictures.
public protocol TileRecords: Sendable {
    /// Files in the order of their numbers, a page at a time.
    /// - Parameters:
    ///   - kind: nil for all kinds.
    ///   - id: the last of the page before; nil for the first page.
    func containers(_ kind: TileContainer.Kind?, after id: Int64?, limit: Int) async throws -> [CountedContainer]

    func container(_ id: Int64) async throws -> TileContainer?

    func container(at path: String, on machine: MachineName) async throws -> TileContainer?

    /// The tiles of a file, a page at a time in the order of their windows: by y, then x, width and height.
    /// - Parameter window: the last of the page before; nil for the first page.
    func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile]
}

/// Changes the files that pictures are cut from. Every change is one transaction, as in a ``PictureLedger``.
public protocol TileLedger: TileRecords {
    /// Names a file before its tiles come, or again before they are looked at again. It is incomplete until
    /// ``finish(container:isComplete:forgetting:)``.
    ///
    /// Tiles that were cut by another rule of emptiness lose their stamps, so that each is looked at again.
    /// - Returns: the number of the file, which it keeps.
    func begin(_ file: ContainerFile) async throws -> Int64

    /// A file lies somewhere else by now. That it is the same one is a guess: its tiles lose their stamps, so that each
    /// is looked at again.
    func move(container id: Int64, to path: String, on machine: MachineName) async throws

    /// Ends the adding of a file: forgets tiles that it does not have any more.
    /// - Parameter isComplete: whether every window was looked at.
    /// - Returns: how many pictures went.
    func finish(container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]) async throws -> Int

    /// Forgets files with all their tiles, lost ones included.
    /// - Returns: how many pictures went.
    func forget(containers ids: [Int64]) async throws -> Int
}

/// A file that is about to be cut.
public struct ContainerFile: Sendable, Hashable {
    /// Absolute.
    public let path: String
    public let machine: MachineName
    public let kind: TileContainer.Kind
    /// Of the file with all its parts.
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

/// A file and how many pictures were cut from it.
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
    /// Whether it was cut from the file as it is: its stamp is the container's.
    public let isCurrent: Bool

    public init(window: PixelWindow, isCurrent: Bool) {
        self.window = window
        self.isCurrent = isCurrent
    }
}
