import SosiaCore

/// Nearest neighbours in double precision by sorting everything: slow, plain, and written apart from the product.
enum BruteForceReference {
    static func distance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, metric: Metric) -> Double {
        var (l2, dot, aa, bb) = (0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            let (x, y) = (Double(x), Double(y))
            l2 += (x - y) * (x - y)
            dot += x * y
            aa += x * x
            bb += y * y
        }
        switch metric {
        case .l2, .hamming: return l2.squareRoot()
        case .innerProduct: return -dot
        case .cosine: return aa == 0 || bb == 0 ? 1 : 1 - dot / (aa * bb).squareRoot()
        }
    }

    /// All live rows with their distances, nearest first, ties by id.
    static func ranking(
        _ query: ArraySlice<Float>, rows: [Float], ids: [Int64], metric: Metric
    ) -> [(id: Int64, distance: Double)] {
        let dimension = query.count
        return ids.indices.filter { ids[$0] != 0 }.map { row in
            (ids[row], distance(query, rows[row * dimension..<(row + 1) * dimension], metric: metric))
        }.sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0 }
    }
}
