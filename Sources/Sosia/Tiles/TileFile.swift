import Rasters
import SosiaCore

/// A file that is to be cut, before it is opened.
struct TileFile: Sendable {
    /// Absolute.
    let path: String
    let kind: TileContainer.Kind
    let tiling: TileContainer.Tiling

    init(path: String, kind: TileContainer.Kind, tiling: TileContainer.Tiling) {
        self.path = path
        self.kind = kind
        self.tiling = tiling
    }

    /// The file that a collection knows, as it was cut.
    init(_ container: TileContainer) {
        self.init(path: container.path, kind: container.kind, tiling: container.facts.tiling)
    }

    /// Files beside it that say something of it, without those that are known.
    func newParts(besides known: [String]) -> [String] {
        kind == .raster ? Raster.sideFiles(of: path).filter { !known.contains($0) } : []
    }

    /// The one place that knows who reads which kind of file.
    /// - Parameter isAdding: whether what the file says of its tiles is wanted, too.
    /// - Throws: ``TileError``
    func open(isAdding: Bool = false) throws(TileError) -> any TileSource {
        switch kind {
        case .raster: try RasterSource(opening: path, tiling: tiling)
        case .tiny: try TinyImageSource(opening: path, isAdding: isAdding)
        }
    }
}
