import Foundation
import SosiaCore

/// Rows of a vector file of which nothing is known to be right: neither its header nor its length.
struct DamagedVectorFile {
    private let handle: FileHandle?
    private let rowBytes: Int

    /// A file that cannot be opened has no rows.
    init(_ path: String, dimension: Int) {
        handle = FileHandle(forReadingAtPath: path)
        let (bytes, overflows) = dimension.multipliedReportingOverflow(by: MemoryLayout<Float>.size)
        rowBytes = overflows ? 0 : bytes
    }

    /// - Returns: nil unless the whole row can be read, has this checksum and is of finite numbers.
    func row(_ slot: Int, checksum: UInt32) -> VectorRow? {
        let (distance, overflows) = slot.multipliedReportingOverflow(by: rowBytes)
        guard let handle, slot >= 0, rowBytes > 0, !overflows, distance < Int.max - VectorFileHeader.byteCount else {
            return nil
        }
        // A block that the disk refuses is lost as one that is not there.
        guard (try? handle.seek(toOffset: UInt64(VectorFileHeader.byteCount + distance))) != nil,
            let data = try? handle.read(upToCount: rowBytes), data.count == rowBytes
        else { return nil }
        let row = VectorRow(bytes: [UInt8](data))
        return row.checksum == checksum && row.values.allSatisfy(\.isFinite) ? row : nil
    }
}
