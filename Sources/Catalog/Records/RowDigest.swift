import GRDB
import Kernels

/// Gathers the values of a row for its checksum (CRC-32C), which every flipped bit changes.
struct RowDigest {
    private var bytes: [UInt8] = []

    /// Of what was appended since the last reset. Catalogs keep sums of several of them, so it is wider than 32 bits.
    var checksum: Int64 { Int64(CRC32C.checksum(bytes)) }

    mutating func reset() { bytes.removeAll(keepingCapacity: true) }

    /// Kind and length come first, so that no two lists of values have the same bytes.
    mutating func append(_ value: DatabaseValue) {
        switch value.storage {
        case .null: bytes.append(0)
        case .int64(let number): append(1, UInt64(bitPattern: number))
        case .double(let number): append(2, number.bitPattern)
        case .string(let text):
            append(3, UInt64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .blob(let data):
            append(4, UInt64(data.count))
            bytes.append(contentsOf: data)
        }
    }

    private mutating func append(_ kind: UInt8, _ number: UInt64) {
        bytes.append(kind)
        var rest = number
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// The same for SQL: the checksum of its arguments.
    static let function = DatabaseFunction("sosia_checksum", pure: true) { values in
        var digest = RowDigest()
        for value in values { digest.append(value) }
        return digest.checksum
    }
}
