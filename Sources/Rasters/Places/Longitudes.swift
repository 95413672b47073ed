/// Longitudes of points that follow each other.
enum Longitudes {
    /// No step is longer than half way round the earth, and the least is in -180 ..< 180.
    static func continuous(_ longitudes: [Double]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(longitudes.count)
        for longitude in longitudes {
            guard let last = result.last else {
                result.append(longitude)
                continue
            }
            result.append(longitude - 360 * ((longitude - last) / 360).rounded())
        }
        let least = result.min() ?? 0
        let turns = ((least + 180) / 360).rounded(.down)
        return turns == 0 ? result : result.map { $0 - 360 * turns }
    }
}
