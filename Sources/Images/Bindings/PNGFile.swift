internal import CImages
import Foundation
import Synchronization

/// A PNG file that is written from top to bottom; it is complete once ``finish()`` has returned.
///
/// Rows are gathered until there are bands for all cores, then deflated at once. Where bands begin does not depend on
/// the machine, so equal pictures are equal bytes.
final class PNGFile {
    /// The longest side that libpng, and most programs with it, read and write.
    static let maximumSide = 1_000_000

    private let native: UnsafeMutableRawPointer
    private let path: String
    private let rowBytes: Int
    /// Of a band.
    private let rows: Int
    private var pending: [UInt8] = []
    /// Bytes of a band, about.
    private static let band = 1 << 19
    private static let bandsAtOnce = min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 16)

    /// - Parameter path: the file's final name, for errors.
    init(creating file: String, for path: String, width: Int, height: Int) throws(EncodeError) {
        guard width <= Self.maximumSide, height <= Self.maximumSide else {
            throw .sideTooLong(width: width, height: height, maximumSide: Self.maximumSide, path: path)
        }
        var opened: UnsafeMutableRawPointer?
        try Self.check(sosia_png_create(file, Int32(width), Int32(height), &opened), path)
        guard let opened else { throw .unwritable(path: path) }
        native = opened
        self.path = path
        rowBytes = width * 3
        rows = max(1, Self.band / rowBytes)
    }

    deinit { sosia_png_free(native) }

    /// - Parameter rgb: whole rows.
    func append(_ rgb: [UInt8]) throws(EncodeError) {
        pending += rgb
        guard pending.count >= rows * rowBytes * Self.bandsAtOnce else { return }
        try write(pending.count / (rows * rowBytes))
    }

    func finish() throws(EncodeError) {
        try write((pending.count + rows * rowBytes - 1) / (rows * rowBytes))
        try Self.check(sosia_png_finish(native), path)
    }

    /// Writes this many bands; the last one may be smaller.
    private func write(_ count: Int) throws(EncodeError) {
        let (pixels, size) = (pending, rows * rowBytes)
        let deflated = Mutex<[Int: Band]>([:])
        DispatchQueue.concurrentPerform(iterations: count) { [rowBytes] number in
            let band = Band(pixels[number * size..<min((number + 1) * size, pixels.count)], rowBytes: rowBytes)
            deflated.withLock { $0[number] = band }
        }
        for number in 0..<count {
            guard let band = deflated.withLock({ $0.removeValue(forKey: number) }) else { throw .outOfMemory }
            try Self.check(band.write(to: native), path)
        }
        pending.removeFirst(min(count * size, pending.count))
    }

    private static func check(_ status: sosia_image_status, _ path: String) throws(EncodeError) {
        switch status {
        case SOSIA_IMAGE_OK: return
        case SOSIA_IMAGE_NO_LIBRARY: throw .libraryMissing(library: "libpng 1.6", package: "libpng16-16")
        case SOSIA_IMAGE_NO_MEMORY: throw .outOfMemory
        default: throw .unwritable(path: path)
        }
    }
}

extension PNGFile {
    /// What a text chunk holds deflated, as far as it can be read; no more than `limit` bytes.
    static func inflated(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        // No byte of a deflated stream stands for more than 1,032.
        let room = min(limit, bytes.count * 1_032)
        var inflated = [UInt8](repeating: 0, count: room)
        let count = bytes.withUnsafeBufferPointer { from in
            inflated.withUnsafeMutableBufferPointer {
                sosia_png_inflate(from.baseAddress, from.count, $0.baseAddress, $0.count)
            }
        }
        inflated.removeLast(room - count)
        return inflated
    }
}

/// Rows that were deflated by themselves.
///
/// Unchecked, because the memory is written to by the initializer only.
private final class Band: @unchecked Sendable {
    private var native = sosia_png_band()

    init(_ rgb: ArraySlice<UInt8>, rowBytes: Int) {
        rgb.withUnsafeBufferPointer { sosia_png_deflate($0.baseAddress, Int32($0.count / rowBytes), rowBytes, &native) }
    }

    deinit { sosia_png_band_free(&native) }

    func write(to file: UnsafeMutableRawPointer) -> sosia_image_status { sosia_png_write(file, &native) }
}
