internal import Kernels
internal import FileSystem
internal import SosiaCore

/// ```
/// header (128 bytes; counts: rows of W in the prefix, in the middle, segments; values: seed, typical length)
/// skew (Float64), mean, W (Float32), rows of each segment (UInt64); padded to 64 bytes          <- checked when opened
/// for each segment: prefix blocks, middle rows, coarse rows, fine rows, each padded to 64
///                                                                               <- checked before the first search
/// ```
extension ExactIndex {
    private static let magic = "SOSIAEXA"
    private static let alignment = 64
    private static let maximumSegments = 1 << 16

    /// See the format above; the file is on disk when this returns.
    public func write(to path: String) throws {
        var writer = try FileWriter(creating: path)
        try writer.append([UInt8](repeating: 0, count: IndexHeader.byteCount).span.bytes)
        try writer.append([model.skew.bitPattern.littleEndian].span.bytes)
        try writer.append(model.mean.span.bytes)
        try writer.append(model.basis.span.bytes)
        let groups = joinable()
        for group in groups {
            try writer.append([UInt64(group.reduce(0) { $0 + segments[$1].rowCount }).littleEndian].span.bytes)
        }
        try writer.pad(to: Self.alignment)
        let codes = writer.count
        for group in groups {
            for index in group { try segments[index].withCodes { prefix, _, _, _ in try writer.append(prefix) } }
            try writer.pad(to: Self.alignment)
            for index in group { try segments[index].withCodes { _, middle, _, _ in try writer.append(middle) } }
            try writer.pad(to: Self.alignment)
            for index in group { try segments[index].withCodes { _, _, coarse, _ in try writer.append(coarse) } }
            try writer.pad(to: Self.alignment)
            for index in group { try segments[index].withCodes { _, _, _, fine in try writer.append(fine) } }
            try writer.pad(to: Self.alignment)
        }
        var header = IndexHeader(
            magic: Self.magic, dimension: dimension, metric: metric, rowCount: rowCount, fileLength: writer.count)
        header.counts = [model.prefixRank, model.middleRank, groups.count]
        header.values = [model.seed, model.typicalNorm.bitPattern]
        let written = try MappedFile(path)
        header.openChecksum = FileVerification.sum(of: written, IndexHeader.byteCount..<codes)
        header.searchChecksum = FileVerification.sum(of: written, codes..<writer.count)
        try writer.overwrite(header.bytes.span.bytes, at: 0)
        try writer.sync()
    }

    public init(opening path: String) throws {
        let file = try MappedFile(path, minimumCount: IndexHeader.byteCount)
        let header = try IndexHeader(of: file, magic: Self.magic)
        let (dimension, prefix, middle, segmentCount) = (
            header.dimension, header.counts[0], header.counts[1], header.counts[2]
        )
        let typicalNorm = Double(bitPattern: header.values[1])
        guard prefix >= 1, prefix + middle <= dimension, segmentCount <= Self.maximumSegments,
            typicalNorm > 0, typicalNorm.isFinite
        else {
            throw IndexError.damaged("the counts in the header do not fit each other")
        }
        let floats = dimension * (1 + prefix + middle)
        let mean = IndexHeader.byteCount + MemoryLayout<UInt64>.size
        let table = mean + floats * MemoryLayout<Float>.size
        let codes = Self.aligned(table + segmentCount * MemoryLayout<UInt64>.size)
        guard codes <= file.count else { throw IndexError.damaged("the file is too short") }
        guard FileVerification.sum(of: file, IndexHeader.byteCount..<codes) == header.openChecksum else {
            throw IndexError.damaged("the checksum of the rotation is wrong")
        }
        let values = file.withBytes { CodeLayout.floats($0.extracting(mean..<table)) }
        let skew = Double(bitPattern: UInt64(littleEndian: try file.bytes(IndexHeader.byteCount..<mean), at: 0))
        guard values.allSatisfy(\.isFinite), skew >= 0 else { throw IndexError.damaged("the rotation is not finite") }
        let model = ExactModel(
            dimension: dimension, metric: header.metric, prefixRank: prefix, middleRank: middle,
            mean: Array(values[..<dimension]), basis: Array(values[dimension...]), seed: header.values[0],
            typicalNorm: typicalNorm, skew: skew)

        let counts = try file.bytes(table..<table + segmentCount * MemoryLayout<UInt64>.size)
        var segments: [CodeSegment] = []
        var (offset, rows) = (codes, 0)
        for index in 0..<segmentCount {
            let count = UInt64(littleEndian: counts, at: index * MemoryLayout<UInt64>.size)
            guard count <= UInt64(header.rowCount - rows) else {
                throw IndexError.damaged("the segments have more rows than the file")
            }
            let layout = Self.layout(of: Int(count), from: offset, model: model)
            guard layout.end <= file.count else { throw IndexError.damaged("the file is too short") }
            segments.append(CodeSegment(mapped: file, codes: layout.codes, rowCount: Int(count)))
            offset = layout.end
            rows += Int(count)
        }
        guard rows == header.rowCount, offset == file.count else {
            throw IndexError.damaged("the segments do not fit the file")
        }
        let verification = FileVerification(
            file: file, range: codes..<file.count, expected: header.searchChecksum)
        if file.count <= FileVerification.checkedWhenOpened { try verification.check() }
        self.init(model: model, segments: segments, verification: verification)
    }

    /// Runs of segments that can be written as one: all but the last of a run fill their last block.
    private func joinable() -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        for index in segments.indices {
            let isWhole = segments[index].rowCount.isMultiple(of: CodeLayout.blockRows)
            if !isWhole || index == segments.count - 1 {
                groups.append(start..<index + 1)
                start = index + 1
            }
        }
        return groups
    }

    private static func layout(of rows: Int, from start: Int, model: ExactModel) -> (codes: Codes<Range<Int>>, end: Int)
    {
        let blocks = (rows + CodeLayout.blockRows - 1) / CodeLayout.blockRows
        let prefix = start..<start + blocks * CodeLayout.blockBytes(prefix: model.prefix)
        let middleStart = aligned(prefix.upperBound)
        let middle = middleStart..<middleStart + rows * model.middleRowBytes
        let fullBytes = rows * CodeLayout.rowBytes(full: model.full)
        let coarseStart = aligned(middle.upperBound)
        let coarse = coarseStart..<coarseStart + fullBytes
        let fineStart = aligned(coarse.upperBound)
        let fine = fineStart..<fineStart + fullBytes
        return (Codes(prefix: prefix, middle: middle, coarse: coarse, fine: fine), aligned(fine.upperBound))
    }

    private static func aligned(_ offset: Int) -> Int {
        (offset + alignment - 1) / alignment * alignment
    }
}
