internal import Kernels
internal import SosiaCore

extension ExactModel {
    /// Subspace iterations; the bounds hold for any basis, so that converging to the last digit buys nothing.
    private static let iterations = 8
    /// Rows of a product of matrices that a thread takes at once.
    private static let rowsAtOnce = 32

    /// Learns from a sample of the live rows: the mean, and the directions of the largest variance by orthogonal
    /// iteration on the covariance matrix (Golub & Van Loan, *Matrix Computations*, section 8.2.4), then mixed among
    /// each other so that all have the same variance and one step fits all.
    static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: ExactBuildOptions, threads: Int
    ) -> ExactModel {
        let prefixRank = min(options.prefix ?? ExactBuildOptions.automaticPrefix(dimension: dimension), dimension)
        let middleRank = min(
            options.middle ?? ExactBuildOptions.automaticMiddle(dimension: dimension), dimension - prefixRank)
        let rank = prefixRank + middleRank
        var generator = SplitMix(seed: options.seed)
        let sample = sampleRows(ids: ids, count: options.sample, generator: &generator)
        var vectors: [[Float]] = []
        vectors.reserveCapacity(sample.count)
        for row in sample {
            if let vector = RowSource.vector(row, of: rows, dimension: dimension, metric: metric) {
                vectors.append(vector)
            }
        }
        var sums = [Double](repeating: 0, count: dimension)
        for vector in vectors {
            for index in 0..<dimension { sums[index] += Double(vector[index]) }
        }
        let mean = sums.map { Float($0 / Double(max(vectors.count, 1))) }
        // Columns of the sample, scaled to a range in which float squares are safe.
        let count = vectors.count
        var columns = [Float](repeating: 0, count: dimension * count)
        var square = 0.0
        for (row, vector) in vectors.enumerated() {
            for index in 0..<dimension {
                let value = vector[index] - mean[index]
                columns[index * count + row] = value
                square += Double(value) * Double(value)
            }
        }
        let typicalNorm = (square / Double(max(count, 1))).squareRoot()
        let scale = typicalNorm > 0 ? Float(1 / typicalNorm) : 0
        if scale.isFinite {
            for index in columns.indices { columns[index] *= scale }
        }
        let basis = leadingDirections(
            columns: columns, dimension: dimension, count: count, rank: rank, threads: threads, generator: &generator)
        let split = prefixRank * dimension
        let prefix = mixed(basis[..<split], rank: prefixRank, dimension: dimension, generator: &generator)
        let middle = mixed(basis[split...], rank: middleRank, dimension: dimension, generator: &generator)
        let both = prefix + middle
        return ExactModel(
            dimension: dimension, metric: metric, prefixRank: prefixRank, middleRank: middleRank, mean: mean,
            basis: both, seed: options.seed,
            typicalNorm: typicalNorm > 1e-12 && typicalNorm < 1e12 ? typicalNorm : 1,
            skew: ExactModel.skew(basis: both, rank: rank, dimension: dimension))
    }

    private static func sampleRows(ids: Span<Int64>, count: Int, generator: inout SplitMix) -> [Int] {
        var live: [Int] = []
        for row in ids.indices where ids[row] != 0 { live.append(row) }
        guard live.count > count else { return live }
        for position in 0..<count {
            live.swapAt(position, Int.random(in: position..<live.count, using: &generator))
        }
        return live[..<count].sorted()
    }

    private static func leadingDirections(
        columns: [Float], dimension: Int, count: Int, rank: Int, threads: Int, generator: inout SplitMix
    ) -> [Float] {
        var basis = (0..<rank * dimension).map { _ in generator.signedUnit() }
        orthonormalize(&basis, rank: rank, dimension: dimension, generator: &generator)
        guard count > 1, rank < dimension else { return basis }
        let covariance = covariance(columns, dimension: dimension, count: count, threads: threads)
        for _ in 0..<iterations {
            basis = products(basis, covariance, dimension: dimension, threads: threads) { _ in 0 }.flatMap(\.self)
            orthonormalize(&basis, rank: rank, dimension: dimension, generator: &generator)
        }
        return basis
    }

    /// Symmetric: what is on one side of the diagonal is computed, the rest mirrors it.
    private static func covariance(_ columns: [Float], dimension: Int, count: Int, threads: Int) -> [Float] {
        var covariance = [Float](repeating: 0, count: dimension * dimension)
        let parts = products(columns, columns, dimension: count, threads: threads) { $0 }
        for (part, values) in parts.enumerated() {
            let first = part * rowsAtOnce
            let width = dimension - first
            for row in first..<min(first + rowsAtOnce, dimension) {
                for column in row..<dimension {
                    let value = values[(row - first) * width + column - first]
                    covariance[row * dimension + column] = value
                    covariance[column * dimension + row] = value
                }
            }
        }
        return covariance
    }

    /// The products of some rows of `queries` at a time with the rows of `others` from a first one on, which the number
    /// of the first of those queries decides.
    private static func products(
        _ queries: [Float], _ others: [Float], dimension: Int, threads: Int, _ start: @Sendable (Int) -> Int
    ) -> [[Float]] {
        let kernels = DistanceKernels.current
        let count = queries.count / dimension
        return concurrentMap((count + rowsAtOnce - 1) / rowsAtOnce, threads: threads) { part in
            let some = part * rowsAtOnce..<min((part + 1) * rowsAtOnce, count)
            let rows = others.span.extracting(droppingFirst: start(some.lowerBound) * dimension)
            var products = [Double](repeating: 0, count: some.count * rows.count / dimension)
            var out = products.mutableSpan
            kernels.dot(
                queries: queries.span.extracting(some.lowerBound * dimension..<some.upperBound * dimension),
                rows: rows.bytes, dimension: dimension, into: &out)
            return products.map { Float($0) }
        }
    }

    /// Gram-Schmidt, each row twice against all before it; a row that vanishes is replaced by a random one.
    private static func orthonormalize(
        _ basis: inout [Float], rank: Int, dimension: Int, generator: inout SplitMix
    ) {
        let kernels = DistanceKernels.current
        var products = [Double](repeating: 0, count: rank)
        for row in 0..<rank {
            let range = row * dimension..<(row + 1) * dimension
            var vector = Array(basis[range])
            for attempt in 0..<20 {
                var length = normalize(&vector)
                for _ in 0..<2 where row > 0 && length > 0 {
                    var out = products.mutableSpan
                    kernels.dot(
                        queries: vector.span, rows: basis.span.extracting(0..<row * dimension).bytes,
                        dimension: dimension, into: &out)
                    var values = vector.mutableSpan
                    for other in 0..<row {
                        VectorEncoding.add(
                            basis.span.extracting(other * dimension..<(other + 1) * dimension),
                            times: -Float(products[other]), to: &values)
                    }
                    length = min(length, normalize(&vector))
                }
                if length > 1e-4 || attempt == 19 { break }
                for index in vector.indices { vector[index] = generator.signedUnit() }
            }
            basis.replaceSubrange(range, with: vector)
        }
    }

    /// - Returns: the length before; 0 when there was nothing to normalise.
    private static func normalize(_ vector: inout [Float]) -> Double {
        let length = DistanceKernels.current.squaredNorm(vector.span).squareRoot()
        guard length > 1e-30, length.isFinite else { return 0 }
        let scale = Float(1 / length)
        for index in vector.indices { vector[index] *= scale }
        return length
    }

    private static func mixed(
        _ directions: ArraySlice<Float>, rank: Int, dimension: Int, generator: inout SplitMix
    ) -> [Float] {
        guard rank > 0 else { return [] }
        let basis = Array(directions)
        let signs = generator.signs(2 * rank)
        var result = basis
        var column = [Float](repeating: 0, count: rank)
        for index in 0..<dimension {
            for row in 0..<rank { column[row] = basis[row * dimension + index] }
            VectorEncoding.mix(&column, signs: signs)
            for row in 0..<rank { result[row * dimension + index] = column[row] }
        }
        return result
    }
}
