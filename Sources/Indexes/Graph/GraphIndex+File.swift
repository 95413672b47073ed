internal import Kernels
internal import FileSystem
internal import SosiaCore

/// ```
/// header (128 bytes; counts: coded directions, degree, seeds; values: seed, greatest squared length)
/// build effort, uncoded rows (UInt64), mean, directions (Float32), seeds, uncoded rows (UInt32),
///   padded to 64 bytes                                                          <- checked when opened
/// rows, padded to 64; links                                                     <- checked before the first search
/// ```
extension GraphIndex {
    private static let magic = "SOSIAGRA"
    private static let alignment = 64

    /// See the format above; the file is on disk when this returns.
    public func write(to path: String) throws {
        var writer = try FileWriter(creating: path)
        try writer.append([UInt8](repeating: 0, count: IndexHeader.byteCount).span.bytes)
        try writer.append([UInt64(options.effort).littleEndian, UInt64(uncoded.count).littleEndian].span.bytes)
        try writer.append(model.mean.span.bytes)
        try writer.append(model.basis.span.bytes)
        try writer.append(seeds.span.bytes)
        try writer.append(uncoded.span.bytes)
        try writer.pad(to: Self.alignment)
        let start = writer.count
        try storage.withBytes { rows, links in
            try writer.append(rows)
            try writer.append(links)
        }
        var header = IndexHeader(
            magic: Self.magic, dimension: dimension, metric: metric, rowCount: rowCount, fileLength: writer.count)
        header.counts = [model.rank, options.degree, seeds.count]
        header.values = [options.seed, UInt64(model.greatestNorm.bitPattern)]
        let written = try MappedFile(path)
        header.openChecksum = FileVerification.sum(of: written, IndexHeader.byteCount..<start)
        header.searchChecksum = FileVerification.sum(of: written, start..<writer.count)
        try writer.overwrite(header.bytes.span.bytes, at: 0)
        try writer.sync()
    }

    public init(opening path: String) throws {
        let file = try MappedFile(path, minimumCount: IndexHeader.byteCount)
        let header = try IndexHeader(of: file, magic: Self.magic)
        let (dimension, rank, degree, seedCount) = (
            header.dimension, header.counts[0], header.counts[1], header.counts[2]
        )
        let greatestNorm = Float(bitPattern: UInt32(truncatingIfNeeded: header.values[1]))
        guard rank >= 1, rank <= min(dimension, GraphLayout.maximumRank), header.rowCount <= Self.maximumRows,
            degree >= GraphBuildOptions.minimumDegree, degree <= GraphBuildOptions.maximumDegree,
            seedCount <= GraphLayout.maximumDegree, greatestNorm >= 0, greatestNorm.isFinite
        else {
            throw IndexError.damaged("the counts in the header do not fit each other")
        }
        let counts = IndexHeader.byteCount
        let mean = counts + 2 * MemoryLayout<UInt64>.size
        guard mean <= file.count else { throw IndexError.damaged("the file is too short") }
        let numbers = try file.bytes(counts..<mean)
        let effort = UInt64(littleEndian: numbers, at: 0)
        let uncodedCount = UInt64(littleEndian: numbers, at: 8)
        let efforts = UInt64(GraphBuildOptions.minimumEffort)...UInt64(GraphBuildOptions.maximumEffort)
        guard efforts.contains(effort), uncodedCount <= UInt64(header.rowCount) else {
            throw IndexError.damaged("the counts in the file do not fit each other")
        }
        let seedStart = mean + dimension * (1 + rank) * MemoryLayout<Float>.size
        let uncodedStart = seedStart + seedCount * MemoryLayout<UInt32>.size
        let uncodedEnd = uncodedStart + Int(uncodedCount) * MemoryLayout<UInt32>.size
        let layout = GraphLayout(rank: rank, degree: degree)
        let rowStart = (uncodedEnd + Self.alignment - 1) / Self.alignment * Self.alignment
        let linkStart = rowStart + header.rowCount * layout.rowBytes
        guard linkStart + header.rowCount * degree * MemoryLayout<UInt32>.size == file.count else {
            throw IndexError.damaged("the file's length does not fit its counts")
        }
        guard FileVerification.sum(of: file, counts..<rowStart) == header.openChecksum else {
            throw IndexError.damaged("the checksum of the directions is wrong")
        }
        let values = file.withBytes { CodeLayout.floats($0.extracting(mean..<seedStart)) }
        guard values.allSatisfy(\.isFinite) else { throw IndexError.damaged("the directions are not finite") }
        let tail = try file.bytes(seedStart..<uncodedEnd)
        let listed = stride(from: 0, to: tail.count, by: MemoryLayout<UInt32>.size).map {
            UInt32(littleEndian: tail, at: $0)
        }
        guard listed.allSatisfy({ Int($0) < header.rowCount }) else {
            throw IndexError.damaged("a row is listed that is not there")
        }
        let model = GraphModel(
            dimension: dimension, metric: header.metric, mean: Array(values[..<dimension]),
            basis: Array(values[dimension...]), greatestNorm: greatestNorm)
        let options = try GraphBuildOptions(degree: degree, effort: Int(effort), seed: header.values[0])
        let verification = FileVerification(
            file: file, range: rowStart..<file.count, expected: header.searchChecksum)
        if file.count <= FileVerification.checkedWhenOpened { try verification.check() }
        self.init(
            model: model, options: options,
            storage: GraphStorage(
                layout: layout, count: header.rowCount, mapped: file, rows: rowStart..<linkStart,
                links: linkStart..<file.count),
            seeds: Array(listed[..<seedCount]), uncoded: Array(listed[seedCount...]), verification: verification)
    }
}
