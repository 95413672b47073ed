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
    private let onRead: @Sendable (Int) -> Void

    /// - Parameter onRead: called with the number of windows read by then.
    init(
        _ file: TileFile, life: Int = .max, onRead: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(TileError) {
        path = file.path
        self.onRead = onRead
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
        let index = window.y / facts.tiling.stride * columns + window.x / facts.tiling.stride
        return (0..<count).contains(index) && self.window(at: index) == window ? index : nil
    }

    func center(of window: PixelWindow) -> GeoPoint? {
        guard facts.isGeoreferenced else { return nil }
        return GeoPoint(
            longitude: 10 + (Double(window.x) + Double(window.width) / 2) / 1000,
            latitude: 50 - (Double(window.y) + Double(window.height) / 2) / 1000)
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
        onRead(read.add(1, ordering: .relaxed).newValue)
        let columns = window.x / Self.block...(window.x + window.width - 1) / Self.block
        let rows = window.y / Self.block...(window.y + window.height - 1) / Self.block
        var lines: [[UInt8]] = []
        for row in rows {
            var line: [UInt8] = []
            for column in columns {
                guard let color = try color(column, row, in: window) else { return nil }
                let left = max(window.x, column * Self.block)
                let right = min(window.x + window.width, (column + 1) * Self.block)
                for _ in left..<right { line += color }
            }
            lines.append(line)
        }
        let bytes = (window.y..<window.y + window.height).flatMap { lines[$0 / Self.block - rows.lowerBound] }
        return PixelImage(width: window.width, height: window.height, bytes: bytes)
    }

    /// - Returns: nil when the block makes the window empty.
    private func color(_ column: Int, _ row: Int, in window: PixelWindow) throws(TileError) -> [UInt8]? {
        let (x, y) = (column * Self.block, row * Self.block)
        let name = "\(x),\(y)"
        if marks["damaged"]?.contains(name) == true {
            throw .damaged(path: path, window: window, reason: "a block is garbled")
        }
        if marks["empty"]?.contains(name) == true, window.x == x, window.y == y { return nil }
        let own = marks["other"]?.contains(name) == true ? seed &+ 1_000 : seed
        var generator = SplitMix(seed: own &* 1_000_003 &+ UInt64(row * 1_009 + column))
        let color = generator.next()
        return (0..<3).map { UInt8(truncatingIfNeeded: color >> (8 * $0)) }
    }
}
