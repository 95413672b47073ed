import Foundation
@testable import Sosia
import SosiaCore
import Synchronization

/// A raster that notes what is read of it.
final class CountedRaster: TileSource {
    let kind = TileContainer.Kind.raster
    let path: String
    let facts: TileContainer.Facts
    let count = 0
    /// Windows that were read.
    let windows = Mutex<[PixelWindow]>([])
    /// Called with the number of windows that are being read or were.
    private let atReading: @Sendable (Int) throws(TileError) -> Void
    /// A window that holds this pixel cannot be read.
    private let damaged: (x: Int, y: Int)?

    init(
        path: String, width: Int, height: Int, damaged: (x: Int, y: Int)? = nil,
        atReading: @escaping @Sendable (Int) throws(TileError) -> Void = { _ in }
    ) {
        self.path = path
        self.damaged = damaged
        self.atReading = atReading
        facts = TileContainer.Facts(
            format: "counted", width: width, height: height,
            tiling: TileContainer.Tiling(tile: 256, stride: 256))
    }

    var reads: Int { windows.withLock { $0.count } }
    var pixelsRead: Int { windows.withLock { $0.reduce(0) { $0 + $1.width * $1.height } } }

    /// As the catalog would know it.
    func container(id: Int64 = 1) throws -> TileContainer {
        TileContainer(
            id: id, path: path, machine: .host, kind: kind, stamp: try TileContainer.stamp(of: path, with: []),
            isComplete: true,
            facts: facts)
    }

    func window(at index: Int) -> PixelWindow { PixelWindow(x: 0, y: 0, width: 1, height: 1) }

    func index(of window: PixelWindow) -> Int? { nil }

    func center(of window: PixelWindow) -> GeoPoint? { nil }

    func outline(of window: PixelWindow) -> GeoPolygon? { nil }

    func pixels(of window: PixelWindow) throws(TileError) -> PixelImage? { nil }

    func scaled(_ window: PixelWindow, width: Int, height: Int) throws(TileError) -> PixelImage? {
        let number = windows.withLock { windows in
            windows.append(window)
            return windows.count
        }
        try atReading(number)
        if let (x, y) = damaged, (window.x..<window.x + window.width).contains(x),
            (window.y..<window.y + window.height).contains(y)
        {
            throw .damaged(path: path, window: window, reason: "a block is garbled")
        }
        return PixelImage(width: width, height: height, bytes: [UInt8](repeating: 120, count: width * height * 3))
    }
}
