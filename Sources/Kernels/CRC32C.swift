internal import CKernels

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of every file format of Sosia.
public enum CRC32C {
    /// - Parameter previous: the checksum of what lies before, to continue it.
    public static func checksum(_ bytes: [UInt8], continuing previous: UInt32 = 0) -> UInt32 {
        checksum(bytes.span.bytes, continuing: previous)
    }

    /// The same for bytes that lie elsewhere.
    public static func checksum(_ bytes: RawSpan, continuing previous: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { sosia_crc32c(previous, $0.baseAddress, $0.count) }
    }
}
