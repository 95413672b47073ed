/// The mean of each channel over all positions of a map.
struct Average: PoolingAlgorithm {
    static let name = "average"
    static let parameters: [String: ClosedRange<Double>] = [:]

    init(parameters: [String: Double]) {}

    func shape(ofDimension dimension: Int) -> String { "[1, \(dimension), height, width]" }

    func dimension(ofShape shape: [Int]) -> Int? {
        shape.count == 4 && shape[0] == 1 && shape[2] > 0 && shape[3] > 0 ? shape[1] : nil
    }

    /// Each channel is added up in double precision, in the order of its positions. Four channels are added side by side:
    /// one alone would wait for each of its additions.
    func pool(_ maps: Span<Float>, shape: [Int]) -> [Float] {
        let channels = shape[1]
        let positions = shape[2] * shape[3]
        // A single position is the mean, the sign of a zero included.
        guard positions > 1 else { return maps.indices.map { maps[$0] } }
        var means = [Float](repeating: 0, count: channels)
        let quads = channels / 4 * 4
        for channel in stride(from: 0, to: quads, by: 4) {
            let a = maps.extracting(channel * positions..<(channel + 1) * positions)
            let b = maps.extracting((channel + 1) * positions..<(channel + 2) * positions)
            let c = maps.extracting((channel + 2) * positions..<(channel + 3) * positions)
            let d = maps.extracting((channel + 3) * positions..<(channel + 4) * positions)
            var sums = (0.0, 0.0, 0.0, 0.0)
            for position in 0..<positions {
                sums.0 += Double(a[position])
                sums.1 += Double(b[position])
                sums.2 += Double(c[position])
                sums.3 += Double(d[position])
            }
            means[channel] = Float(sums.0 / Double(positions))
            means[channel + 1] = Float(sums.1 / Double(positions))
            means[channel + 2] = Float(sums.2 / Double(positions))
            means[channel + 3] = Float(sums.3 / Double(positions))
        }
        for channel in quads..<channels {
            var sum = 0.0
            for position in channel * positions..<(channel + 1) * positions { sum += Double(maps[position]) }
            means[channel] = Float(sum / Double(positions))
        }
        return means
    }
}
