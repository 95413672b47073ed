import Kernels
import SosiaCore

/// The first 64 bytes of `vectors.f32`, little-endian:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 8 | `SOSIAVEC` |
/// | 8 | 4 | version, 1 |
/// | 12 | 4 | dimension |
/// | 16 | 8 | generation, the catalog's |
/// | 24 | 36 | zeros |
/// | 60 | 4 | CRC-32C of the bytes 0 to 59 |
///
/// It is followed by rows of `dimension` 32-bit floats without gaps. The catalog determines how many of them count.
struct VectorFileHeader: Hashable, Sendable {
    static let byteCount = 64
    static let magic = Array("SOSIAVEC".utf8)
    static let version: UInt32 = 1
    /// The same limit as that of model cards.
    static let maximumDimension = 65_536

    let dimension: Int
    let generation: Int64

    init(dimension: Int, generation: Int64) {
        self.dimension = dimension
        self.generation = generation
    }

    /// - Throws: ``StoreError/vectorsDamaged(path:reason:)``, ``StoreError/newerVersion(path:)``
    init(_ bytes: [UInt8], path: String) throws(StoreError) {
        guard bytes.count >= Self.byteCount, Array(bytes[0..<8]) == Self.magic else {
            throw .vectorsDamaged(path: path, reason: "it does not begin like a vector file")
        }
        guard Self.integer(bytes, 60, 4) == UInt64(CRC32C.checksum(Array(bytes[0..<60]))) else {
            throw .vectorsDamaged(path: path, reason: "the checksum of its header is wrong")
        }
        guard Self.integer(bytes, 8, 4) == UInt64(Self.version) else { throw .newerVersion(path: path) }
        dimension = Int(Self.integer(bytes, 12, 4))
        generation = Int64(bitPattern: Self.integer(bytes, 16, 8))
        guard dimension > 0 else { throw .vectorsDamaged(path: path, reason: "its dimension is 0") }
    }

    var bytes: [UInt8] {
        var bytes = Self.magic
        Self.append(UInt64(Self.version), 4, to: &bytes)
        Self.append(UInt64(dimension), 4, to: &bytes)
        Self.append(UInt64(bitPattern: generation), 8, to: &bytes)
        bytes.append(contentsOf: repeatElement(0, count: 36))
        Self.append(UInt64(CRC32C.checksum(bytes)), 4, to: &bytes)
        return bytes
    }

    private static func integer(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }

    private static func append(_ value: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        for shift in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }
}
