import Rasters
import SosiaCore
import Synchronization

/// The tiles of a raster.
struct RasterSource: TileSource {
    let kind = TileContainer.Kind.raster
    let path: String
    let facts: TileContainer.Facts
    private let raster: Raster
    private let plan: TilePlan
    private let rule: TileOptions.EmptinessRule
    private let emptyShare: Double

    /// - Throws: ``TileError/unreadable(path:reason:)``, also for a tiling that the raster is too small for.
    init(opening path: String, tiling: TileContainer.Tiling) throws(TileError) {
        self.path = path
        do throws(RasterError) {
            let options = try TileOptions(tiling)
            raster = try Raster(opening: path)
            plan = try TilePlan(raster.facts, options)
            rule = options.rule
            emptyShare = options.emptyShare
        } catch {
            throw TileError(error, path: path)
        }
        let known = raster.facts
        facts = TileContainer.Facts(
            format: known.driver.lowercased(), width: known.width, height: known.height,
            bands: known.bands.map(\.meaning.rawValue), isGeoreferenced: known.isGeoreferenced,
            projection: known.projection, note: known.note,
            outline: raster.outline(of: PixelWindow(x: 0, y: 0, width: known.width, height: known.height)),
            tiling: tiling, parts: raster.parts)
    }

    var count: Int { plan.count }

    func window(at index: Int) -> PixelWindow { plan.window(at: index) }

    func index(of window: PixelWindow) -> Int? {
        guard window.x >= 0, window.y >= 0, window.width == plan.tile, window.height == plan.tile,
            window.x % plan.stride == 0, window.y % plan.stride == 0
        else { return nil }
        let (column, row) = (window.x / plan.stride, window.y / plan.stride)
        return column < plan.columns && row < plan.rows ? row * plan.columns + column : nil
    }

    func center(of window: PixelWindow) -> GeoPoint? { raster.center(of: window) }

    func outline(of window: PixelWindow) -> GeoPolygon? { raster.outline(of: window) }

    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage? {
        do throws(RasterError) {
            let read = try raster.window(window, emptiness: rule)
            return read.emptyShare > emptyShare ? nil : read.pixels
        } catch {
            throw TileError(error, path: path)
        }
    }

    func scaled(_ window: PixelWindow, width: Int, height: Int) throws(TileError) -> PixelImage? {
        do throws(RasterError) {
            guard width == window.width, height == window.height else {
                return try raster.scaled(window, width: width, height: height)
            }
            // As a tile is read, to the last bit.
            return try raster.window(window, emptiness: rule).pixels
        } catch {
            throw TileError(error, path: path)
        }
    }

    /// Strip by strip, so that each block of the file is decoded once; windows that are few and far between by themselves.
    func reader(of indexes: [Int]) -> any TileReader {
        guard let first = indexes.first, let last = indexes.last,
            indexes.count >= max(plan.columns, (last - first) / Self.sparse)
        else { return SingleTileReader(source: self, indexes: indexes) }
        let rows = first / plan.columns..<last / plan.columns + 1
        return RasterStripReader(
            raster.tiles(of: plan, rows: rows, emptiness: rule), of: path, indexes: indexes, emptyShare: emptyShare)
    }

    /// Of so many windows at least one is wanted where strips are read.
    private static let sparse = 8
}

/// Cuts windows from the strips of a raster, one thread at a time; that takes a small part of the time that a network
/// takes for them.
private final class RasterStripReader: TileReader {
    private struct State {
        var tiles: RasterTiles
        /// Of the next window.
        var position = 0
    }

    private let path: String
    private let indexes: [Int]
    private let emptyShare: Double
    private let state: Mutex<State>

    init(_ tiles: sending RasterTiles, of path: String, indexes: [Int], emptyShare: Double) {
        self.path = path
        self.indexes = indexes
        self.emptyShare = emptyShare
        state = Mutex(State(tiles: tiles))
    }

    func next() -> ReadTile? {
        state.withLock { state in
            while state.position < indexes.count, let tile = state.tiles.next() {
                guard tile.index == indexes[state.position] else { continue }
                state.position += 1
                let read = tile.result.mapError { TileError($0, path: path) }
                    .map { $0.emptyShare > emptyShare ? nil : $0.pixels }
                return ReadTile(position: state.position - 1, pixels: read)
            }
            return nil
        }
    }
}

extension TileError {
    init(_ error: RasterError, path: String) {
        self =
            switch error {
            case .missing, .vanished: .missing(path: path)
            case .changed: .changed(path: path)
            case .corruptBlock(let window, let reason): .damaged(path: path, window: window, reason: reason)
            case .cancelled: .cancelled
            case .libraryMissing, .outOfMemory: .unavailable(reason: error.description)
            case .unreadable(_, let reason), .refused(_, let reason): .unreadable(path: path, reason: reason)
            default: .unreadable(path: path, reason: error.description)
            }
    }
}

extension TileContainer.Tiling {
    /// How the catalog remembers options.
    public init(_ options: TileOptions) {
        self.init(
            tile: options.tile, stride: options.stride, emptyShare: options.emptyShare,
            emptiness: options.rule.kinds.map(\.rawValue).sorted(), blackLevel: options.rule.blackLevel)
    }
}

extension TileOptions {
    /// - Throws: `RasterError` for numbers out of their ranges.
    init(_ tiling: TileContainer.Tiling) throws(RasterError) {
        try self.init(
            tile: tiling.tile, stride: tiling.stride, emptyShare: tiling.emptyShare,
            rule: TileOptions.EmptinessRule(
                kinds: Set(tiling.emptiness.compactMap(TileOptions.EmptinessRule.Kind.init(rawValue:))),
                blackLevel: tiling.blackLevel ?? TileOptions.EmptinessRule.standardBlackLevel))
    }
}
