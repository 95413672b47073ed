public import FileSystem
import SosiaCore

/// A sequence of records and nothing else: position N starts at byte N * 3,072.
///
/// The file is mapped part by part; it must not get shorter while it is used.
public struct TinyImageFile: Sendable {
    /// Positions are below this, so that a distance and a position fit 64 bits.
    public static let maximumCount = 1 << 36

    public let path: String
    /// Whole records.
    public let count: Int
    /// Bytes after the last whole record; they are ignored.
    public let truncatedBytes: Int
    /// Whether passing over the file leaves nothing of use in the file cache.
    let exceedsMemory: Bool
    private let file: WindowedFile

    /// Of the file when it was opened.
    public var stamp: FileStamp { file.stamp }

    /// - Throws: `FileError`; ``TinyImageError/empty(path:bytes:)`` when there is no whole record.
    public init(_ path: String) throws { try self.init(path, memory: AvailableMemory.bytes()) }

    /// - Parameter memory: bytes of the largest file that can stay in the file cache.
    init(_ path: String, memory: Int?) throws {
        file = try WindowedFile(path)
        self.path = path
        count = file.count / TinyImage.byteCount
        exceedsMemory = file.count > memory ?? .max
        truncatedBytes = file.count % TinyImage.byteCount
        guard count > 0 else { throw TinyImageError.empty(path: path, bytes: file.count) }
        guard count <= Self.maximumCount else {
            throw TinyImageError.tooManyRecords(path: path, count: count, maximum: Self.maximumCount)
        }
    }

    /// - Throws: ``TinyImageError/positionBeyondEnd(position:count:path:)``
    public func record(_ position: Int) throws -> TinyImage {
        guard position >= 0, position < count else {
            throw TinyImageError.positionBeyondEnd(position: position, count: count, path: path)
        }
        var bytes = [UInt8](repeating: 0, count: TinyImage.byteCount)
        var span = bytes.mutableSpan
        var out = span.mutableBytes
        try file.read(at: position * TinyImage.byteCount, into: &out)
        guard let image = TinyImage(bytes: bytes) else { throw TinyImageError.empty(path: path, bytes: bytes.count) }
        return image
    }

    /// Copies records into a buffer, which is resized to fit.
    func read(_ positions: Range<Int>, into buffer: inout [UInt8]) throws {
        let count = positions.count * TinyImage.byteCount
        buffer.removeLast(max(0, buffer.count - count))
        buffer.append(contentsOf: repeatElement(0, count: count - buffer.count))
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        try file.read(at: positions.lowerBound * TinyImage.byteCount, into: &bytes)
    }

    /// The bytes of some records, valid within `body` only.
    public func withRecords<Result>(_ positions: Range<Int>, _ body: (RawSpan) throws -> Result) throws -> Result {
        try file.withBytes(in: Self.bytes(of: positions), body)
    }

    /// Asks the system to read some records that are wanted soon; those past the end are left out. Does nothing for a
    /// file that is read past the cache.
    func prefetch(_ positions: Range<Int>) {
        if !exceedsMemory { file.prefetch(Self.bytes(of: positions)) }
    }

    /// Whether the last page of some records is in the file cache.
    func isCached(_ positions: Range<Int>) -> Bool { file.isCached(Self.bytes(of: positions)) }

    func uncachedReader(window: Int) -> UncachedReader? { file.uncachedReader(capacity: window * TinyImage.byteCount) }

    static func bytes(of positions: Range<Int>) -> Range<Int> {
        positions.lowerBound * TinyImage.byteCount..<positions.upperBound * TinyImage.byteCount
    }
}

/// Positions drawn at random.
public enum RecordSample {
    /// `count` different positions below `total`, in the order in which they were drawn (Floyd's algorithm; Bentley,
    /// *Programming Pearls*, 1987). Equal seeds give equal positions on every machine.
    /// - Parameter count: moved into 0...total.
    public static func positions(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        let total = max(total, 0)
        let count = min(max(count, 0), total)
        var generator = SplitMix(seed: seed)
        var drawn: Set<Int> = []
        var positions: [Int] = []
        for last in total - count..<total {
            let position = Int.random(in: 0...last, using: &generator)
            let chosen = drawn.contains(position) ? last : position
            drawn.insert(chosen)
            positions.append(chosen)
        }
        return positions.shuffled(using: &generator)
    }
}

/// Reads records for one thread: from the file cache if they are there, past it if the file is too large for it.
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
