internal import CKernels

/// How a row's squared norm and the upper bound of its product with the query make a lower bound of the distance.
public struct BoundForm: Sendable, Hashable {
    public let normWeight: Float
    public let productWeight: Float
    public let constant: Float

    public init(normWeight: Float, productWeight: Float, constant: Float) {
        self.normWeight = normWeight
        self.productWeight = productWeight
        self.constant = constant
    }

    var raw: sosia_bound_form {
        sosia_bound_form(norm_weight: normWeight, product_weight: productWeight, constant: constant)
    }
}

/// A query in the form that the scan of prefix codes takes; the fields are explained in `sosia_kernels.h`.
public struct PrefixQuery: Sendable {
    public let values: [Int8]
    public let scale: Float
    public let offset: Float
    public let error: Float
    public let insideSquared: Float
    public let outside: Float
    public let form: BoundForm

    public init(
        values: [Int8], scale: Float, offset: Float, error: Float, insideSquared: Float, outside: Float,
        form: BoundForm
    ) {
        self.values = values
        self.scale = scale
        self.offset = offset
        self.error = error
        self.insideSquared = insideSquared
        self.outside = outside
        self.form = form
    }
}

/// A query in the form that the bounds by middle codes take; the fields are explained in `sosia_kernels.h`.
public struct MiddleQuery: Sendable {
    public let values: [Int8]
    public let scale: Float
    public let offset: Float
    public let error: Float
    public let prefixError: Float
    public let insideSquared: Float
    public let outside: Float
    public let form: BoundForm

    public init(
        values: [Int8], scale: Float, offset: Float, error: Float, prefixError: Float, insideSquared: Float,
        outside: Float, form: BoundForm
    ) {
        self.values = values
        self.scale = scale
        self.offset = offset
        self.error = error
        self.prefixError = prefixError
        self.insideSquared = insideSquared
        self.outside = outside
        self.form = form
    }
}

/// A query in the form that the bounds by full codes take; the fields are explained in `sosia_kernels.h`.
public struct FullQuery: Sendable {
    public let values: [Int8]
    public let scale: Float
    public let coarseOffset: Float
    public let offset: Float
    public let error: Float
    public let prefixError: Float
    public let middleError: Float
    public let normSquared: Float
    public let form: BoundForm

    public init(
        values: [Int8], scale: Float, coarseOffset: Float, offset: Float, error: Float, prefixError: Float,
        middleError: Float, normSquared: Float, form: BoundForm
    ) {
        self.values = values
        self.scale = scale
        self.coarseOffset = coarseOffset
        self.offset = offset
        self.error = error
        self.prefixError = prefixError
        self.middleError = middleError
        self.normSquared = normSquared
        self.form = form
    }
}

/// Lower bounds of distances from four-bit codes.
public struct CodeKernels: Sendable {
    public static let current = CodeKernels(table: sosia_kernels_current())

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

    /// Bounds and projections of all rows of some whole blocks.
    /// - Parameters:
    ///   - queries: all of one dimension.
    ///   - first: where those of the first query are stored.
    ///   - stride: how far it is from there to those of the next query.
    public func scanPrefix(
        _ queries: [PrefixQuery], blocks: RawSpan, first: Int, stride: Int, bounds: inout MutableSpan<Float>,
        projections: inout MutableSpan<Float>
    ) {
        guard let dimension = queries.first?.values.count else { return }
        let count = blocks.byteCount / CodeLayout.blockBytes(prefix: dimension)
        let end = first + (queries.count - 1) * stride + count * CodeLayout.blockRows
        precondition(first >= 0 && stride >= 0 && bounds.count >= end && projections.count >= end)
        precondition(queries.allSatisfy { $0.values.count == dimension }, "queries of one dimension")
        let values = queries.flatMap(\.values)
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let raw = queries.enumerated().map { index, query in
                sosia_prefix_query(
                    values: base + index * dimension, dimension: dimension, scale: query.scale, offset: query.offset,
                    error: query.error, inside_squared: query.insideSquared, outside: query.outside,
                    form: query.form.raw)
            }
            blocks.withUnsafeBytes { blocks in
                bounds.withUnsafeMutableBufferPointer { bounds in
                    projections.withUnsafeMutableBufferPointer { projections in
                        guard let bounds = bounds.baseAddress, let projections = projections.baseAddress else { return }
                        table.pointee.scan_prefix(
                            raw, raw.count, blocks.baseAddress?.assumingMemoryBound(to: UInt8.self), count, stride,
                            bounds + first, projections + first)
                    }
                }
            }
        }
    }

    /// Bounds of some rows by their middle codes.
    /// - Parameters:
    ///   - candidates: indexes of rows in `rows`.
    ///   - prefix: the projections of the candidates on their prefix codes.
    ///   - projections: takes those of the candidates on their middle codes.
    public func boundMiddle(
        _ query: MiddleQuery, rows: RawSpan, candidates: Span<UInt32>, prefix: Span<Float>,
        bounds: inout MutableSpan<Float>, projections: inout MutableSpan<Float>
    ) {
        let count = candidates.count
        precondition(prefix.count >= count && bounds.count >= count && projections.count >= count)
        query.values.withUnsafeBufferPointer { values in
            rows.withUnsafeBytes { rows in
                candidates.withUnsafeBufferPointer { candidates in
                    prefix.withUnsafeBufferPointer { prefix in
                        bounds.withUnsafeMutableBufferPointer { bounds in
                            projections.withUnsafeMutableBufferPointer { projections in
                                var raw = sosia_middle_query(
                                    values: values.baseAddress, dimension: values.count, scale: query.scale,
                                    offset: query.offset, error: query.error, prefix_error: query.prefixError,
                                    inside_squared: query.insideSquared, outside: query.outside,
                                    form: query.form.raw)
                                table.pointee.bound_middle(
                                    &raw, rows.baseAddress?.assumingMemoryBound(to: UInt8.self),
                                    candidates.baseAddress, candidates.count, prefix.baseAddress, bounds.baseAddress,
                                    projections.baseAddress)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Bounds of some rows by their coarse codes, or, with `fine`, by their full ones.
    /// - Parameters:
    ///   - candidates: indexes of rows in `coarse` and `fine`.
    ///   - prefix: the projections of the candidates on their prefix codes.
    ///   - middle: the projections of the candidates on their middle codes.
    public func boundFull(
        _ query: FullQuery, coarse: RawSpan, fine: RawSpan?, candidates: Span<UInt32>, prefix: Span<Float>,
        middle: Span<Float>, bounds: inout MutableSpan<Float>
    ) {
        let count = candidates.count
        precondition(prefix.count >= count && middle.count >= count && bounds.count >= count)
        withPointers(query, candidates, prefix, middle, &bounds) { query, candidates, prefix, middle, bounds in
            coarse.withUnsafeBytes { coarse in
                let upper = coarse.baseAddress?.assumingMemoryBound(to: UInt8.self)
                guard let fine else {
                    return table.pointee.bound_coarse(query, upper, candidates, count, prefix, middle, bounds)
                }
                fine.withUnsafeBytes { fine in
                    let lower = fine.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    table.pointee.bound_fine(query, upper, lower, candidates, count, prefix, middle, bounds)
                }
            }
        }
    }

    private func withPointers(
        _ query: FullQuery, _ candidates: Span<UInt32>, _ prefix: Span<Float>, _ middle: Span<Float>,
        _ bounds: inout MutableSpan<Float>,
        _ body: (
            UnsafePointer<sosia_full_query>, UnsafePointer<UInt32>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
            UnsafeMutablePointer<Float>?
        ) -> Void
    ) {
        query.values.withUnsafeBufferPointer { values in
            var raw = sosia_full_query(
                values: values.baseAddress, dimension: values.count, scale: query.scale,
                coarse_offset: query.coarseOffset, offset: query.offset, error: query.error,
                prefix_error: query.prefixError, middle_error: query.middleError, norm_squared: query.normSquared,
                form: query.form.raw)
            candidates.withUnsafeBufferPointer { candidates in
                prefix.withUnsafeBufferPointer { prefix in
                    middle.withUnsafeBufferPointer { middle in
                        bounds.withUnsafeMutableBufferPointer { bounds in
                            body(
                                &raw, candidates.baseAddress, prefix.baseAddress, middle.baseAddress,
                                bounds.baseAddress)
                        }
                    }
                }
            }
        }
    }

    /// Keeps, in order, those of the first candidates whose bounds are not above `limit` (NaN is not), with what stands
    /// beside them.
    /// - Returns: how many are kept.
    public func keep(
        _ bounds: Span<Float>, limit: Float, candidates: inout MutableSpan<UInt32>, _ first: inout MutableSpan<Float>,
        _ second: inout MutableSpan<Float>
    ) -> Int {
        let count = bounds.count
        precondition(candidates.count >= count && first.count >= count && second.count >= count)
        return bounds.withUnsafeBufferPointer { bounds in
            candidates.withUnsafeMutableBufferPointer { candidates in
                first.withUnsafeMutableBufferPointer { first in
                    second.withUnsafeMutableBufferPointer { second in
                        table.pointee.keep(
                            bounds.baseAddress, count, limit, candidates.baseAddress, first.baseAddress,
                            second.baseAddress)
                    }
                }
            }
        }
    }

    /// The indexes of all values that are not above `limit` (NaN is not), in order.
    /// - Parameters:
    ///   - companions: one for each value; those of the values found go to `outCompanions`.
    ///   - base: is added to the indexes.
    ///   - out: room for as many as there are values.
    /// - Returns: how many there are.
    public func select(
        _ values: Span<Float>, companions: Span<Float>, limit: Float, base: UInt32,
        into out: inout MutableSpan<UInt32>, _ outCompanions: inout MutableSpan<Float>
    ) -> Int {
        let count = values.count
        precondition(companions.count >= count && out.count >= count && outCompanions.count >= count)
        return values.withUnsafeBufferPointer { values in
            companions.withUnsafeBufferPointer { companions in
                out.withUnsafeMutableBufferPointer { out in
                    outCompanions.withUnsafeMutableBufferPointer { outCompanions in
                        table.pointee.select(
                            values.baseAddress, companions.baseAddress, count, limit, base, out.baseAddress,
                            outCompanions.baseAddress)
                    }
                }
            }
        }
    }
}
