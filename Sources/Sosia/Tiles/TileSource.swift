public import SosiaCore
import Synchronization

/// A file that many pictures are cut from.
///
/// Any number of threads use it at once.
protocol TileSource: Sendable {
    var kind: TileContainer.Kind { get }
    /// Absolute.
    var path: String { get }
    var facts: TileContainer.Facts { get }
    /// Windows, those of tiles that will be dropped included.
    var count: Int { get }

    /// The windows in the order of their ids; all different.
    /// - Parameter index: 0 ..< `count`.
    func window(at index: Int) -> PixelWindow
    /// - Returns: which of the windows this is; nil for another one.
    func index(of window: PixelWindow) -> Int?
    /// The middle of the window on earth; nil when nobody knows.
    func center(of window: PixelWindow) -> GeoPoint?
    /// The window's edge on earth; nil when nobody knows.
    func outline(of window: PixelWindow) -> GeoPolygon?
    /// What the file says of a tile; what the user says counts more.
    /// - Parameter index: 0 ..< `count`.
    /// - Throws: ``TileError``
    func attributes(at index: Int) throws(TileError) -> Attributes
    /// - Returns: one pixel for each of the window; nil when it is to be dropped, because it shows nothing.
    /// - Throws: ``TileError``
    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage?
    /// Any part of a file that is one large picture, what shows nothing included.
    /// - Parameters:
    ///   - window: lies in the picture.
    ///   - width: pixels of the result, likewise `height`.
    /// - Returns: nil for a file of many pictures.
    /// - Throws: ``TileError``
    func scaled(_ window: PixelWindow, width: Int, height: Int) throws(TileError) -> PixelImage?
    /// Reads many windows, each once.
    /// - Parameter indexes: ascending.
    func reader(of indexes: [Int]) -> any TileReader
}

/// Hands the windows of a file out to the threads that ask for them.
protocol TileReader: Sendable {
    /// - Returns: the next window, by its position among those that were asked for; nil behind the last one.
    func next() -> ReadTile?
}

/// What was read of a window.
struct ReadTile: Sendable {
    /// Among the indexes that the reader was made for.
    let position: Int
    /// nil for a window that is to be dropped.
    let pixels: Result<PixelImage?, TileError>
}

extension TileSource {
    /// There is no larger picture.
    func scaled(_ window: PixelWindow, width: Int, height: Int) throws(TileError) -> PixelImage? { nil }

    /// Nothing.
    func attributes(at index: Int) throws(TileError) -> Attributes { [:] }

    /// Each window by itself, on the thread that asks for it.
    func reader(of indexes: [Int]) -> any TileReader { SingleTileReader(source: self, indexes: indexes) }
}

/// Reads one window after the other, several threads at once.
final class SingleTileReader: TileReader {
    private let source: any TileSource
    private let indexes: [Int]
    private let position = Atomic<Int>(0)

    init(source: any TileSource, indexes: [Int]) {
        self.source = source
        self.indexes = indexes
    }

    func next() -> ReadTile? {
        let position = position.add(1, ordering: .relaxed).oldValue
        guard position < indexes.count else { return nil }
        let window = source.window(at: indexes[position])
        return ReadTile(
            position: position, pixels: Result { () throws(TileError) in try source.pixels(of: window) })
    }
}

/// Why a tile, or the file it would be cut from, cannot be read.
public enum TileError: Error, Hashable, Sendable {
    /// The file is not what it was when its tiles were added.
    case changed(path: String)
    /// The file is gone.
    case missing(path: String)
    /// The file as a whole.
    case unreadable(path: String, reason: String)
    /// This window; others may be whole.
    case damaged(path: String, window: PixelWindow, reason: String)
    /// Nothing is known to be wrong with the file: what reads it is not there, or has no memory left.
    case unavailable(reason: String)
    /// The file lies on another machine, which alone can read it.
    case elsewhere(path: String, machine: MachineName)
    /// Nobody waits for the pixels any more.
    case cancelled
}

extension TileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .changed(let path): "\(path) has changed since its tiles were added; add it again"
        case .missing(let path): "\(path) is gone, and its tiles with it"
        case .unreadable(_, let reason): reason
        case .damaged(_, _, let reason): reason
        case .unavailable(let reason): reason
        case .elsewhere(let path, let machine): "\(path) is a file of \(machine), and can be read there only"
        case .cancelled: "the reading was cancelled"
        }
    }
}
