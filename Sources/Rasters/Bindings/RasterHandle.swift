internal import CGDAL
import Platform
internal import SosiaCore

/// A dataset that the library has opened.
///
/// Unchecked, because the pointer may go from thread to thread, but is used by one at a time: `HandlePool` sees to it.
final class RasterHandle: @unchecked Sendable {
    enum Resampling {
        case nearest, bilinear, average
    }

    private let native: OpaquePointer

    init(opening path: String) throws(RasterError) {
        var opened: OpaquePointer?
        var message = Message()
        let status = message.withPointer { sosia_raster_open(path, &opened, $0) }
        if let error = RasterError(status, failure: .unreadable(path: path, reason: message.text)) { throw error }
        guard let opened else { throw .outOfMemory }
        native = opened
    }

    deinit {
        sosia_raster_close(native)
    }

    var header: (driver: String, width: Int, height: Int, bands: Int) {
        var facts = sosia_raster_facts()
        sosia_raster_describe(native, &facts)
        return (text(facts.driver), Int(facts.width), Int(facts.height), Int(facts.bands))
    }

    /// Those that it is read from, a mosaic's parts among them, as far as their names fit into a megabyte.
    var files: [String] {
        let names = [UInt8](unsafeUninitializedCapacity: 1 << 20) { out, written in
            written = sosia_raster_files(native, out.baseAddress, out.count)
        }
        return names.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// - Parameter index: From 0.
    /// - Returns: nil when there is no such band.
    func band(_ index: Int) -> BandHeader? {
        var facts = sosia_band_facts()
        guard sosia_raster_band(native, Int32(clamping: index + 1), &facts) == SOSIA_RASTER_OK else { return nil }
        let band = RasterBand(
            meaning: RasterBand.Meaning(facts.meaning), type: text(facts.type), bits: Int(facts.bits),
            nodata: facts.has_nodata != 0 ? facts.nodata : nil)
        return BandHeader(
            band: band, typeBits: Int(facts.type_bits), isInteger: facts.is_integer != 0,
            isSigned: facts.is_signed != 0, hasMask: facts.has_mask != 0, hasNodataMask: facts.has_nodata_mask != 0,
            paletteCount: Int(facts.palette_count), blockWidth: Int(facts.block_width),
            blockHeight: Int(facts.block_height), hasOverviews: facts.overviews > 0)
    }

    /// Red, green, blue, alpha of each entry; empty without a palette.
    func palette(_ index: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count * 4) { out, written in
            let status = sosia_raster_palette(
                native, Int32(clamping: index + 1), Int32(clamping: count), out.baseAddress)
            written = status == SOSIA_RASTER_OK ? count * 4 : 0
        }
    }

    /// Pixels of the raster, whatever georeference it has.
    func places() -> (placement: RasterPlaces.Placement, name: String?, places: RasterPlaces?) {
        RasterPlaces.of(native)
    }

    /// - Parameters:
    ///   - area: Within the raster.
    ///   - edges: The exact first and last row of the area, where it is part of one that is scaled.
    ///   - bands: At most four, from 0.
    ///   - out: Holds `width * height * bands.count` bytes, or floats with `asFloats`.
    func read(
        _ area: PixelWindow, width: Int, height: Int, bands: [Int], asFloats: Bool, resampling: Resampling,
        edges: ClosedRange<Double>? = nil, into out: UnsafeMutableRawPointer?
    ) -> RasterError? {
        var message = Message()
        let numbers = bands.map { Int32(clamping: $0 + 1) }
        let status = message.withPointer {
            sosia_raster_read(
                native, sosia_raster_area(area), Int32(clamping: width), Int32(clamping: height), numbers,
                Int32(clamping: numbers.count), asFloats ? SOSIA_SAMPLE_FLOATS : SOSIA_SAMPLE_BYTES,
                resampling.native, edges?.lowerBound ?? Double(area.y),
                edges?.upperBound ?? Double(area.y + area.height), out, $0)
        }
        return RasterError(status, failure: .corruptBlock(area, reason: message.text))
    }

    /// The mask of a band, 0 where there is nothing.
    func readMask(
        _ index: Int, _ area: PixelWindow, width: Int, height: Int, into out: UnsafeMutablePointer<UInt8>?
    ) -> RasterError? {
        var message = Message()
        let status = message.withPointer {
            sosia_raster_read_mask(
                native, Int32(clamping: index + 1), sosia_raster_area(area), Int32(clamping: width),
                Int32(clamping: height), out, $0)
        }
        return RasterError(status, failure: .corruptBlock(area, reason: message.text))
    }
}

extension sosia_raster_area {
    fileprivate init(_ window: PixelWindow) {
        self.init(
            x: Int32(clamping: window.x), y: Int32(clamping: window.y), width: Int32(clamping: window.width),
            height: Int32(clamping: window.height))
    }
}

extension RasterHandle.Resampling {
    fileprivate var native: sosia_resampling {
        switch self {
        case .nearest: SOSIA_RESAMPLE_NEAREST
        case .bilinear: SOSIA_RESAMPLE_BILINEAR
        case .average: SOSIA_RESAMPLE_AVERAGE
        }
    }
}

extension RasterBand.Meaning {
    fileprivate init(_ native: sosia_band_meaning) {
        switch native {
        case SOSIA_BAND_UNDEFINED: self = .undefined
        case SOSIA_BAND_GRAY: self = .gray
        case SOSIA_BAND_PALETTE: self = .palette
        case SOSIA_BAND_RED: self = .red
        case SOSIA_BAND_GREEN: self = .green
        case SOSIA_BAND_BLUE: self = .blue
        case SOSIA_BAND_ALPHA: self = .alpha
        default: self = .other
        }
    }
}
