internal import CKernels

/// Squared distances between vectors of bytes, such as the pixels of small pictures. All results are exact, so every
/// level gives the same.
public struct ByteKernels: Sendable {
    /// Values of the longest vectors.
    public static let maximumDimension = Int(SOSIA_BYTES_MAXIMUM_DIMENSION)
    public static let current = ByteKernels(table: sosia_byte_kernels_current())

    /// Constant; it lives as long as the process.
    private nonisolated(unsafe) let table: UnsafePointer<sosia_byte_kernels>

    private init(table: UnsafePointer<sosia_byte_kernels>) { self.table = table }

    /// - Returns: nil when the processor lacks the level.
    public init?(level: SIMDLevel) {
        guard let table = sosia_byte_kernels_at(level.rawValue) else { return nil }
        self.init(table: table)
    }

    /// Queries as one level wants them.
    public struct Queries: Sendable {
        public let count: Int
        public let dimension: Int
        fileprivate let values: [Int16]
        fileprivate let sums: [Int16]
        /// As above.
        fileprivate nonisolated(unsafe) let table: UnsafePointer<sosia_byte_kernels>
    }

    /// - Parameter vectors: all of one length of at most ``maximumDimension``.
    public func prepare(_ vectors: [[UInt8]]) -> Queries {
        let dimension = vectors.first?.count ?? 0
        precondition(dimension <= Self.maximumDimension && vectors.allSatisfy { $0.count == dimension })
        let summed = sosia_byte_sums(dimension)
        var values = [Int16](repeating: 0, count: vectors.count * dimension)
        var sums = [Int16](repeating: 0, count: vectors.count * summed)
        values.withUnsafeMutableBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let values = values.baseAddress else { return }
                // Short vectors have no sums; nothing is written then.
                var none: Int16 = 0
                for (index, vector) in vectors.enumerated() {
                    withUnsafeMutablePointer(to: &none) { none in
                        table.pointee.prepare(
                            vector, dimension, values + index * dimension,
                            sums.baseAddress.map { $0 + index * summed } ?? none)
                    }
                }
            }
        }
        return Queries(count: vectors.count, dimension: dimension, values: values, sums: sums, table: table)
    }

    /// Squared Euclidean distances of all queries to all rows.
    /// - Parameters:
    ///   - rows: some times `dimension` bytes.
    ///   - out: one value a pair, the rows of the first query first.
    public func squaredL2(_ queries: Queries, rows: RawSpan, into out: inout MutableSpan<UInt32>) {
        run(table.pointee.l2, queries, limits: nil, rows: rows, into: &out)
    }

    /// The same where the distance is not above the query's limit; where it is, some number that is above it, too,
    /// which mostly takes less time.
    /// - Parameter limits: one a query.
    public func squaredL2(
        _ queries: Queries, within limits: [UInt32], rows: RawSpan, into out: inout MutableSpan<UInt32>
    ) {
        precondition(limits.count == queries.count, "one limit a query")
        run(table.pointee.l2_within, queries, limits: limits, rows: rows, into: &out)
    }

    private typealias Function =
        @convention(c) (
            UnsafePointer<sosia_byte_query>?, Int, UnsafePointer<UInt8>?, Int, Int, UnsafeMutablePointer<UInt32>?
        ) -> Void

    private func run(
        _ function: Function?, _ queries: Queries, limits: [UInt32]?, rows: RawSpan, into out: inout MutableSpan<UInt32>
    ) {
        guard queries.count > 0, queries.dimension > 0 else { return }
        precondition(queries.table == table, "queries that were prepared for this level")
        let rowCount = rows.byteCount / queries.dimension
        precondition(out.count >= queries.count * rowCount, "room for one sum a pair")
        let summed = sosia_byte_sums(queries.dimension)
        queries.values.withUnsafeBufferPointer { values in
            queries.sums.withUnsafeBufferPointer { sums in
                let native = (0..<queries.count).map { index in
                    sosia_byte_query(
                        values: values.baseAddress.map { $0 + index * queries.dimension },
                        sums: sums.baseAddress.map { $0 + index * summed }, limit: limits?[index] ?? .max)
                }
                rows.withUnsafeBytes { rows in
                    out.withUnsafeMutableBufferPointer { out in
                        function?(
                            native, native.count, rows.baseAddress?.assumingMemoryBound(to: UInt8.self), rowCount,
                            queries.dimension, out.baseAddress)
                    }
                }
            }
        }
    }
}
