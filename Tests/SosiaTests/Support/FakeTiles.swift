import Foundation
@testable import Sosia
import SosiaCore
import Synchronization

/// A text file as a raster: `WIDTH HEIGHT SEED`, then `x,y` of 16 x 16 blocks that are of another picture, empty or damaged:
/// `other:16,32 empty:0,0 damaged:48,48`. With `placed` behind them it lies on earth, one degree a thousand pixels.
final class FakeTiles: TileSource {
    static let block = 16

    let kind = TileContainer.Kind.raster
    let path: String
    let facts: TileContainer.Facts
    private let seed: UInt64
    private let marks: [String: Set<String>]
    private let columns: Int
    private let rows: Int
    /// Windows read before the process "dies".
    private let left: Mutex<Int>
    let read = Atomic<Int>(0)

    init(_ file: TileFile, life: Int = .max) throws(TileError) {
        path = file.path
        let text = (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? ""
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 3, let width = Int(words[0]), let height = Int(words[1]), let seed = UInt64(words[2]),
            width >= file.tiling.tile, height >= file.tiling.tile
        else { throw .unreadable(path: file.path, reason: "it is no fake") }
        self.seed = seed
        var marks: [String: Set<String>] = [:]
        for word in words.dropFirst(3) {
            let parts = word.split(separator: ":").map(String.init)
            marks[parts[0], default: []].insert(parts.count > 1 ? parts[1] : "")
        }
        self.marks = marks
        facts = TileContainer.Facts(
            format: "fake", width: width, height: height, isGeoreferenced: marks["placed"] != nil,
            tiling: file.tiling)
        columns = (width - file.tiling.tile) / file.tiling.stride + 1
        rows = (height - file.tiling.tile) / file.tiling.stride + 1
        left = Mutex(life)
    }

    var count: Int { columns * rows }

    func window(at index: Int) -> PixelWindow {
        let (tile, stride) = (facts.tiling.tile, facts.tiling.stride)
        return PixelWindow(x: index % columns * stride, y: index / columns * stride, width: tile, height: tile)
    }

    func index(of window: PixelWindow) -> Int? {
        (0..<count).first { self.window(at: $0) == window }
    }

    func outline(of window: PixelWindow) -> GeoPolygon? {
        guard facts.isGeoreferenced else { return nil }
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { x, y in
            GeoPoint(
                longitude: 10 + Double(window.x + x * window.width) / 1000,
                latitude: 50 - Double(window.y + y * window.height) / 1000)
        }
        return GeoPolygon(rings: [corners])
    }

    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage? {
        let isAlive = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAlive else { throw .missing(path: path) }
        read.add(1, ordering: .relaxed)
        var bytes: [UInt8] = []
        for y in window.y..<window.y + window.height {
            for x in window.x..<window.x + window.width {
                let (column, row) = (x / Self.block, y / Self.block)
                let name = "\(column * Self.block),\(row * Self.block)"
                if marks["damaged"]?.contains(name) == true {
                    throw .damaged(path: path, window: window, reason: "a block is garbled")
                }
                if marks["empty"]?.contains(name) == true, window.x == column * Self.block,
                    window.y == row * Self.block
                {
                    return nil
                }
                let own = marks["other"]?.contains(name) == true ? seed &+ 1_000 : seed
                var generator = SplitMix(seed: own &* 1_000_003 &+ UInt64(row * 1_009 + column))
                let color = generator.next()
                bytes += (0..<3).map { UInt8(truncatingIfNeeded: color >> (8 * $0)) }
            }
        }
        return PixelImage(width: window.width, height: window.height, bytes: bytes)
    }
}
