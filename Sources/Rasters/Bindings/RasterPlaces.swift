internal import CGDAL
internal import SosiaCore
internal import Synchronization

/// The way from pixels to WGS 84 and back.
///
/// Unchecked, because the library's transformation is used by one thread at a time: under the lock.
final class RasterPlaces: @unchecked Sendable {
    enum Placement {
        case placed, placedByPoints, placedByPolynomial, placedByCoefficients, noTransform, onlyPoints, flatTransform,
            noProjection, noOperation
    }

    private let native: OpaquePointer
    private let lock = Mutex(())
    /// To the projection; nil where the way to earth begins with pixels.
    private let transform: AffineTransform?

    private init(_ native: OpaquePointer, _ transform: AffineTransform?) {
        self.native = native
        self.transform = transform
    }

    deinit {
        sosia_places_close(native)
    }

    static func of(_ raster: OpaquePointer) -> (placement: Placement, name: String?, places: RasterPlaces?) {
        var numbers = [Double](repeating: 0, count: 6)
        var characters = [CChar](repeating: 0, count: Int(SOSIA_RASTER_NAME_SIZE))
        var opened: OpaquePointer?
        var isTransformer: Int32 = 0
        let native = sosia_raster_places(raster, &numbers, &characters, &opened, &isTransformer)
        let name = String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let places = opened.map { RasterPlaces($0, isTransformer == 0 ? AffineTransform(numbers) : nil) }
        return (Placement(native), name.isEmpty ? nil : name, places)
    }

    /// - Parameter pixels: From the upper left corner of the first pixel.
    /// - Returns: one for each; nil for a pixel that has no place.
    func points(of pixels: [(x: Double, y: Double)]) -> [GeoPoint?] {
        let own = pixels.map { transform?.applied(to: $0) ?? $0 }
        var x = own.map(\.x)
        var y = own.map(\.y)
        let count = Int32(clamping: pixels.count)
        guard lock.withLock({ _ in sosia_places_to_earth(native, count, &x, &y) }) != 0 else {
            return pixels.map { _ in nil }
        }
        return zip(x, y).map { $0.isFinite ? GeoPoint(longitude: $0, latitude: $1) : nil }
    }

    /// - Returns: nil when the projection has no such point.
    func pixel(at point: GeoPoint) -> (x: Double, y: Double)? {
        var x = point.longitude
        var y = point.latitude
        let isDone = lock.withLock { _ in sosia_places_from_earth(native, 1, &x, &y) } != 0
        guard isDone, x.isFinite else { return nil }
        return transform?.undone(at: (x, y)) ?? (x, y)
    }
}

extension RasterPlaces.Placement {
    fileprivate init(_ native: sosia_placement) {
        switch native {
        case SOSIA_PLACED: self = .placed
        case SOSIA_PLACED_BY_POINTS: self = .placedByPoints
        case SOSIA_PLACED_BY_POLYNOMIAL: self = .placedByPolynomial
        case SOSIA_PLACED_BY_COEFFICIENTS: self = .placedByCoefficients
        case SOSIA_ONLY_POINTS: self = .onlyPoints
        case SOSIA_FLAT_TRANSFORM: self = .flatTransform
        case SOSIA_NO_PROJECTION: self = .noProjection
        case SOSIA_NO_OPERATION: self = .noOperation
        default: self = .noTransform
        }
    }
}
