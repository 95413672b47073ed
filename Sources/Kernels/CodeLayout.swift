internal import CKernels

/// Where codes and their parameters lie in memory and in files; drawn in `sosia_kernels.h`.
public enum CodeLayout {
    public static let blockRows = SOSIA_BLOCK_ROWS
    public static let prefixParameters = SOSIA_PREFIX_PARAMETERS
    public static let middleParameters = SOSIA_MIDDLE_PARAMETERS
    public static let fullParameters = SOSIA_FULL_PARAMETERS

    /// Bytes of a block of prefix codes with its parameters.
    public static func blockBytes(prefix: Int) -> Int {
        blockRows * (prefix / 2 + prefixParameters * MemoryLayout<UInt16>.size)
    }

    /// Bytes of a row of middle codes with its parameters.
    public static func rowBytes(middle: Int) -> Int {
        middle / 2 + middleParameters * MemoryLayout<UInt16>.size
    }

    /// Bytes of a row of coarse codes, and of a row of fine codes, with its parameters.
    public static func rowBytes(full: Int) -> Int {
        full / 4 + fullParameters * MemoryLayout<Float>.size
    }

    /// Stores the prefix code of one row in zeroed blocks.
    /// - Parameters:
    ///   - codes: 0...15 each, at most `prefix`.
    ///   - parameters: inverse, along, across, rest, norm.
    public static func storePrefix(
        _ codes: [UInt8], parameters: [Half], row: Int, prefix: Int, in blocks: inout [UInt8]
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
                let offset = start + (index * blockRows + lane) * MemoryLayout<UInt16>.size
                bytes.storeBytes(of: value.bits, toByteOffset: offset, as: UInt16.self)
            }
        }
    }

    /// Stores the middle code of one row in zeroed bytes; the parameters in the order of `sosia_kernels.h`.
    public static func storeMiddle(
        _ codes: [UInt8], parameters: [Half], row: Int, middle: Int, in rows: inout [UInt8]
    ) {
        let start = row * rowBytes(middle: middle)
        let half = middle / 2
        for (index, code) in codes.enumerated() {
            if index < half { rows[start + index] |= code } else { rows[start + index - half] |= code << 4 }
        }
        rows.withUnsafeMutableBytes { bytes in
            for (index, value) in parameters.enumerated() {
                let offset = start + half + index * MemoryLayout<UInt16>.size
                bytes.storeBytes(of: value.bits, toByteOffset: offset, as: UInt16.self)
            }
        }
    }

    /// Stores the coarse or the fine code of one row in zeroed bytes; the parameters in the order of
    /// `sosia_kernels.h`.
    /// - Parameter codes: 0...3 each, at most `full`.
    public static func storeFull(
        _ codes: [UInt8], parameters: [Float], row: Int, full: Int, in rows: inout [UInt8]
    ) {
        let start = row * rowBytes(full: full)
        let quarter = full / 4
        for (index, code) in codes.enumerated() {
            rows[start + index % quarter] |= code << UInt8(index / quarter * 2)
        }
        rows.withUnsafeMutableBytes { bytes in
            for (index, value) in parameters.enumerated() {
                let offset = start + quarter + index * MemoryLayout<Float>.size
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
