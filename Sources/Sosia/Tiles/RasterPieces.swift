import Images
import Rasters
import SosiaCore
import Synchronization
import Workers

/// Pieces of pyramids. Whoever asks for one that is being made waits for that one, and nobody reads on when all who
/// waited have gone.
final class RasterPieces: Sendable {
    /// The levels up to this one are cut from one picture of the whole, of 2,048 pixels a side at most: without overviews
    /// in the file each of them would cost a reading of all of it.
    static let overviewLevel = 3
    /// Pictures of wholes that are kept; 16 MB each.
    private static let overviews = 2

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
    private let kept = PieceCache()
    private let making = SharedWork<PieceCache.Key, [UInt8]>()
    private let reading = SharedWork<FileKey, Whole>()
    /// The one that was used last comes last.
    private let wholes = Mutex<[(key: FileKey, whole: Whole)]>([])

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
        let key = PieceCache.Key(raster: raster.id, stamp: raster.stamp, level: level, x: x, y: y)
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
        of raster: TileContainer, _ piece: RasterPyramid.Piece, _ pyramid: RasterPyramid, _ key: PieceCache.Key
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
        if let known = known(key) { return known }
        return try await reading.value(for: key, on: executor) {
            if let known = self.known(key) { return known }
            let whole = try self.read(raster, pyramid)
            self.wholes.withLock { wholes in
                wholes.removeAll { $0.key.raster == key.raster }
                wholes.append((key, whole))
                if wholes.count > Self.overviews { wholes.removeFirst() }
            }
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

    private func known(_ key: FileKey) -> Whole? {
        wholes.withLock { wholes in
            guard let index = wholes.firstIndex(where: { $0.key == key }) else { return nil }
            let found = wholes.remove(at: index)
            wholes.append(found)
            return found.whole
        }
    }
}
