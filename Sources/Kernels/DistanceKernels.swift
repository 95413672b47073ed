internal import CKernels

/// Sums over pairs of float vectors, many pairs a call.
///
/// For one level and dimension, the result for a pair depends on the pair only, not on how many are handled at once.
/// Results are finite for finite input, and squared distances are within ``relativeError(dimension:)`` of the truth.
public struct DistanceKernels: Sendable {
    public static let current = DistanceKernels(table: sosia_kernels_current())

    public let level: SIMDLevel
    /// Constant; it lives as long as the process.
    private nonisolated(unsafe) let table: UnsafePointer<sosia_kernels>

    private init(table: UnsafePointer<sosia_kernels>) {
        self.table = table
        level = SIMDLevel(rawValue: table.pointee.level) ?? .scalar
    }

    /// - Returns: nil when the processor lacks the level.
    public init?(level: SIMDLevel) {
        guard let table = sosia_kernels_at(level.rawValue) else { return nil }
        self.init(table: table)
    }

    /// How far a squared distance can be from the true one, as a share of it; and a product, as a share of the
    /// product of the two norms. (Recursive summation in at least 16 lanes; Higham, *Accuracy and Stability of
    /// Numerical Algorithms*, 2002, section 4.2, with room to spare.)
    public static func relativeError(dimension: Int) -> Double {
        (Double(dimension) / 16 + 24) * 0x1p-24
    }

    /// Squared Euclidean distances.
    /// - Parameters:
    ///   - queries: some times `dimension` values.
    ///   - rows: some times `dimension` Float32 values.
    ///   - out: one value a pair, the rows of the first query first.
    public func squaredL2(queries: Span<Float>, rows: RawSpan, dimension: Int, into out: inout MutableSpan<Double>) {
        run(table.pointee.l2, queries: queries, rows: rows, dimension: dimension, into: &out)
    }

    /// Sums of products; see ``squaredL2(queries:rows:dimension:into:)``.
    public func dot(queries: Span<Float>, rows: RawSpan, dimension: Int, into out: inout MutableSpan<Double>) {
        run(table.pointee.dot, queries: queries, rows: rows, dimension: dimension, into: &out)
    }

    /// The squared Euclidean distance of one pair.
    public func squaredL2(_ query: Span<Float>, _ row: RawSpan) -> Double {
        pair(table.pointee.l2, query, row)
    }

    /// The sum of products of one pair.
    public func dot(_ query: Span<Float>, _ row: RawSpan) -> Double {
        pair(table.pointee.dot, query, row)
    }

    /// The sum of the squares of one vector, in the order that ``dot(queries:rows:dimension:into:)`` uses.
    public func squaredNorm(_ vector: Span<Float>) -> Double {
        vector.withUnsafeBufferPointer { values in
            var result = 0.0
            guard let base = values.baseAddress else { return 0 }
            table.pointee.dot(base, 1, base, 1, values.count, &result)
            return result
        }
    }

    /// ``squaredNorm(_:)`` of a vector in bytes.
    public func squaredNorm(_ row: RawSpan) -> Double {
        row.withUnsafeBytes { row in
            var result = 0.0
            guard let base = row.baseAddress?.assumingMemoryBound(to: Float.self) else { return 0 }
            table.pointee.dot(base, 1, base, 1, row.count / MemoryLayout<Float>.size, &result)
            return result
        }
    }

    /// ``squaredNorm(_:)`` of each row.
    public func squaredNorms(rows: RawSpan, dimension: Int, into out: inout MutableSpan<Double>) {
        let rowCount = rows.byteCount / (dimension * MemoryLayout<Float>.size)
        precondition(out.count >= rowCount, "room for one sum a row")
        rows.withUnsafeBytes { rows in
            guard let base = rows.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
            out.withUnsafeMutableBufferPointer { out in
                guard let sums = out.baseAddress else { return }
                for row in 0..<rowCount {
                    let start = base + row * dimension
                    table.pointee.dot(start, 1, start, 1, dimension, sums + row)
                }
            }
        }
    }

    private typealias Function =
        @convention(c) (
            UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Double>?
        ) -> Void

    /// The sum of products of one pair, formed in double.
    public static func preciseDot(_ a: Span<Float>, _ b: Span<Float>) -> Double {
        precondition(a.count == b.count, "two vectors of one dimension")
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in sosia_dot_double(a.baseAddress, b.baseAddress, a.count) }
        }
    }

    private func pair(_ function: Function?, _ query: Span<Float>, _ row: RawSpan) -> Double {
        precondition(row.byteCount == query.count * MemoryLayout<Float>.size, "two vectors of one dimension")
        return query.withUnsafeBufferPointer { query in
            row.withUnsafeBytes { row in
                var result = 0.0
                function?(
                    query.baseAddress, 1, row.baseAddress?.assumingMemoryBound(to: Float.self), 1, query.count,
                    &result)
                return result
            }
        }
    }

    private func run(
        _ function: Function?, queries: Span<Float>, rows: RawSpan, dimension: Int, into out: inout MutableSpan<Double>
    ) {
        let queryCount = queries.count / dimension
        let rowCount = rows.byteCount / (dimension * MemoryLayout<Float>.size)
        precondition(out.count >= queryCount * rowCount, "room for one sum a pair")
        queries.withUnsafeBufferPointer { queries in
            rows.withUnsafeBytes { rows in
                out.withUnsafeMutableBufferPointer { out in
                    function?(
                        queries.baseAddress, queryCount, rows.baseAddress?.assumingMemoryBound(to: Float.self),
                        rowCount, dimension, out.baseAddress)
                }
            }
        }
    }
}
