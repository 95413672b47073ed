internal import CGDAL

/// The memory in which decoded blocks wait for being asked for again, shared by all rasters of a process.
public enum RasterCache {
    /// Bytes.
    public static let minimum = 1 << 20
    public static let standard = 64 << 20
    public static let maximum = 1 << 40

    /// Sets how much it holds at most. A process that never does has `standard`.
    /// - Throws: ``RasterError/invalidCache(got:minimum:maximum:)``, ``RasterError/libraryMissing(library:package:)``
    public static func bound(to bytes: Int) throws(RasterError) {
        guard (minimum...maximum).contains(bytes) else {
            throw .invalidCache(got: bytes, minimum: minimum, maximum: maximum)
        }
        if sosia_raster_cache(Int64(bytes)) != SOSIA_RASTER_OK { throw .noLibrary }
    }
}
