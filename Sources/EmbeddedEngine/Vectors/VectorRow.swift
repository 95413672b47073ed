import Kernels
import SosiaCore

/// One vector as it lies in the file: little-endian 32-bit floats.
struct VectorRow: Sendable, Hashable {
    let bytes: [UInt8]

    /// The bytes of a row that was read back.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ embedding: Embedding) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(embedding.dimension * MemoryLayout<Float>.size)
        for value in embedding.values {
            let bits = value.bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
        }
        self.bytes = bytes
    }

    /// What the catalog keeps of the row, so that damage is noticed.
    var checksum: UInt32 { CRC32C.checksum(bytes) }

    func checksum(continuing previous: UInt32) -> UInt32 { CRC32C.checksum(bytes, continuing: previous) }

    var values: [Float] {
        stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { offset in
            Float(
                bitPattern: UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
                    | UInt32(bytes[offset + 3]) << 24)
        }
    }
}
