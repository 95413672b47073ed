import FileSystem

/// Gets records for one thread: out of the file cache where they are there, past it when the file is too large for it.
struct RecordReader: Sendable {
    private let file: TinyImageFile
    private let uncached: UncachedReader?

    /// - Parameter window: records that are wanted at once, at most.
    init(_ file: TinyImageFile, window: Int) {
        self.file = file
        uncached = file.exceedsMemory ? file.uncachedReader(window: window) : nil
    }

    /// Whether these records are to be read past the cache.
    func isUncached(_ positions: Range<Int>) -> Bool { uncached != nil && !file.isCached(positions) }

    /// The bytes of some records, valid within `body` only.
    func withRecords<Result>(_ positions: Range<Int>, _ body: (RawSpan) throws -> Result) throws -> Result {
        if let uncached, isUncached(positions) {
            let result = try uncached.withBytes(in: TinyImageFile.bytes(of: positions), body)
            if let result { return result }
        }
        return try file.withRecords(positions, body)
    }
}
