import Rasters
import SosiaCore

/// The tiles of a raster.
struct RasterSource: TileSource {
    let kind = TileContainer.Kind.raster
    let path: String
    let facts: TileContainer.Facts
    private let raster: Raster
    private let plan: TilePlan
    private let rule: EmptinessRule
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
            projection: known.projection, note: known.note, tiling: tiling)
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

    func outline(of window: PixelWindow) -> GeoPolygon? { raster.outline(of: window) }

    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage? {
        do throws(RasterError) {
            let read = try raster.window(window, emptiness: rule)
            return read.emptyShare > emptyShare ? nil : read.pixels
        } catch {
            throw TileError(error, path: path)
        }
    }
}

extension TileError {
    init(_ error: RasterError, path: String) {
        self =
            switch error {
            case .missing, .vanished: .missing(path: path)
            case .changed: .changed(path: path)
            case .corruptBlock(let window, let reason): .damaged(window, reason: reason)
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
            emptiness: options.rule.kinds.map(\.rawValue).sorted() + ["level \(options.rule.blackLevel)"])
    }
}

extension TileOptions {
    /// - Throws: `RasterError` for numbers out of their ranges.
    init(_ tiling: TileContainer.Tiling) throws(RasterError) {
        let level = tiling.emptiness.compactMap { $0.hasPrefix("level ") ? UInt8($0.dropFirst(6)) : nil }.first
        try self.init(
            tile: tiling.tile, stride: tiling.stride, emptyShare: tiling.emptyShare,
            rule: EmptinessRule(
                kinds: Set(tiling.emptiness.compactMap(EmptinessRule.Kind.init(rawValue:))), blackLevel: level ?? 0))
    }
}
