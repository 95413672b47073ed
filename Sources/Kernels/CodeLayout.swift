internal import CKernels

/// Where codes and their parameters lie in memory and in files; drawn in `sosia_kernels.h`.
public enum CodeLayout {
    public static let blockRows = SOSIA_BLOCK_ROWS
    public static let prefixParameters = SOSIA_PREFIX_PARAMETERS
    public static let rowParameters = SOSIA_ROW_PARAMETERS

    /// Bytes of a block of prefix codes with its parameters.
    public static func blockBytes(prefix: Int) -> Int {
        blockRows * (prefix / 2 + prefixParameters * MemoryLayout<Float>.size)
    }

    /// Bytes of a row of middle or full codes with its parameters.
    public static func rowBytes(_ dimension: Int) -> Int {
        dimension / 2 + rowParameters * MemoryLayout<Float>.size
    }

    /// Stores the prefix code of one row in zeroed blocks.
    /// - Parameters:
    ///   - codes: 0...15 each, at most `prefix`.
    ///   - parameters: inverse, along, across, rest, norm.
    public static func storePrefix(
        _ codes: [UInt8], parameters: [Float], row: Int, prefix: Int, in blocks: inout [UInt8]
    ) {
        let block = row / blockRows * blockBytes(prefix: prefix)
        let lane = row % blockRows
        for (index, code) in codes.enumerated() {
            let byte = block + index / 8 * 4 * blockRows + lane * 4 + index % 4
            blocks[byte] |= index % 8 < 4 ? code : code << 4
        }
        let start = block + prefix / 2 * blockRows
        blocks.withUnsafeMutableBytes { bytes in
            for (index, value) in parameters.enumerated() {
                let offset = start + (index * blockRows + lane) * MemoryLayout<Float>.size
                bytes.storeBytes(of: value, toByteOffset: offset, as: Float.self)
            }
        }
    }

    /// Stores the middle or full code of one row in zeroed bytes.
    /// - Parameters:
    ///   - codes: 0...15 each, at most `dimension`.
    ///   - parameters: at most eight, in the order of `sosia_kernels.h`.
    public static func storeRow(
        _ codes: [UInt8], parameters: [Float], row: Int, dimension: Int, in rows: inout [UInt8]
    ) {
        let start = row * rowBytes(dimension)
        let half = dimension / 2
        for (index, code) in codes.enumerated() {
            if index < half { rows[start + index] |= code } else { rows[start + index - half] |= code << 4 }
        }
        rows.withUnsafeMutableBytes { bytes in
            for (index, value) in parameters.enumerated() {
                let offset = start + half + index * MemoryLayout<Float>.size
                bytes.storeBytes(of: value, toByteOffset: offset, as: Float.self)
            }
        }
    }

    /// The Float32 values that lie, little-endian, in some bytes.
    public static func floats(_ bytes: RawSpan) -> [Float] {
        bytes.withUnsafeBytes { source in
            [Float](unsafeUninitializedCapacity: source.count / MemoryLayout<Float>.size) { buffer, count in
                count = source.count / MemoryLayout<Float>.size
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[..<(count * MemoryLayout<Float>.size)]))
            }
        }
    }
}
