extension [UInt8] {
    /// - Returns: nil when the bytes are not all there or the value is above `Int.max`.
    func littleEndian(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset <= count - width else { return nil }
        return Int(exactly: self[offset..<offset + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// - Returns: nil when the bytes are not all there or the value is above `Int.max`.
    func bigEndian(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset <= count - width else { return nil }
        return Int(exactly: self[offset..<offset + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
