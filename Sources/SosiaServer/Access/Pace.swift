/// How long a piece of work takes, lately.
struct Pace {
    /// The newest piece's share of the mean: the last dozen or so count.
    private static let weight = 0.1
    static let seconds = 1...60

    private var mean: Double?

    mutating func add(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        mean = mean.map { $0 + (seconds - $0) * Self.weight } ?? seconds
    }

    /// Whole seconds until so many pieces are done by so many at a time.
    func seconds(for pieces: Int, at running: Int) -> Int {
        let estimate = (mean ?? 0) * Double(pieces) / Double(running)
        let limited = min(estimate.rounded(.up), Double(Self.seconds.upperBound))
        return max(Int(limited), Self.seconds.lowerBound)
    }
}
