import Images
import Rasters
import SosiaCore
import Workers

/// Pieces of pyramids. Whoever asks for one that is being made waits for that one, and nobody reads on when all who
/// waited have gone.
final class RasterPieces: Sendable {
    /// The levels up to this one are cut from one picture of the whole, of 2,048 pixels a side at most: without overviews
    /// in the file each of them would cost a reading of all of it.
    static let overviewLevel = 3

    private struct PieceKey: Hashable {
        let file: FileKey
        let level: Int
        let x: Int
        let y: Int
    }

    private struct FileKey: Hashable {
        let raster: Int64
        let stamp: ImageSource.Stamp
    }

    private enum Whole {
        case overview(RasterOverview)
        /// Some of it cannot be read; pieces without that can.
        case damaged
    }

    /// Files that tiles were cut from of late.
    let files: OpenContainers
    let executor: CPUExecutor
    /// Pieces that were made of late, 32 MB: those of the upper levels are quick to send and slow to make.
    private let kept = RecentCache<PieceKey, [UInt8]>(capacity: 32 << 20) { $0.count }
    private let making = SharedWork<PieceKey, [UInt8]>()
    private let reading = SharedWork<FileKey, Whole>()
    /// By raster, 16 MB each; of a file that changed the new one takes the place of the old one.
    private let wholes = RecentCache<Int64, (key: FileKey, whole: Whole)>(capacity: 2)

    init(files: OpenContainers, executor: CPUExecutor = CPUExecutor(label: "sosia.views", width: 2)) {
        self.files = files
        self.executor = executor
    }

    /// - Returns: a JPEG.
    /// - Throws: ``RasterPlaceError/noPiece(level:x:y:lastLevel:)``; ``TileError``; `CancellationError`.
    func piece(of raster: TileContainer, level: Int, x: Int, y: Int) async throws -> [UInt8] {
        let pyramid = RasterPyramid(width: raster.facts.width, height: raster.facts.height)
        guard let pyramid, let piece = pyramid.piece(level: level, x: x, y: y) else {
            throw RasterPlaceError.noPiece(level: level, x: x, y: y, lastLevel: pyramid?.lastLevel ?? 0)
        }
        let file = FileKey(raster: raster.id, stamp: raster.stamp)
        let key = PieceKey(file: file, level: level, x: x, y: y)
        return try await making.value(for: key, on: executor) {
            // Asked for its file first: what is kept of one that is gone is not shown.
            try self.files.check(raster)
            if let bytes = self.kept[key] { return bytes }
            try Task.checkCancellation()
            let bytes = try ImageEncoder.jpeg(try await self.pixels(of: raster, piece, pyramid, key))
            self.kept[key] = bytes
            return bytes
        }
    }

    private func pixels(
        of raster: TileContainer, _ piece: RasterPyramid.Piece, _ pyramid: RasterPyramid, _ key: PieceKey
    ) async throws -> PixelImage {
        let side = RasterPyramid.side
        if key.level <= Self.overviewLevel, key.level < pyramid.lastLevel,
            case .overview(let overview) = try await whole(raster, pyramid),
            let pixels = overview.pixels(
                level: key.level, x: key.x * side, y: key.y * side, width: piece.width, height: piece.height)
        {
            return pixels
        }
        return try files.scaled(raster, piece.window, width: piece.width, height: piece.height)
    }

    private func whole(_ raster: TileContainer, _ pyramid: RasterPyramid) async throws -> Whole {
        let key = FileKey(raster: raster.id, stamp: raster.stamp)
        if let known = wholes[raster.id], known.key == key { return known.whole }
        return try await reading.value(for: key, on: executor) {
            if let known = self.wholes[raster.id], known.key == key { return known.whole }
            let whole = try self.read(raster, pyramid)
            self.wholes[raster.id] = (key, whole)
            return whole
        }
    }

    private func read(_ raster: TileContainer, _ pyramid: RasterPyramid) throws(TileError) -> Whole {
        let level = min(Self.overviewLevel, pyramid.lastLevel)
        let (width, height) = pyramid.size(at: level)
        let window = PixelWindow(x: 0, y: 0, width: pyramid.width, height: pyramid.height)
        do throws(TileError) {
            return .overview(
                RasterOverview(try files.scaled(raster, window, width: width, height: height), level: level))
        } catch {
            guard case .damaged = error else { throw error }
            return .damaged
        }
    }
}
