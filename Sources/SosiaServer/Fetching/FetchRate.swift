import HTTPTypes
import Sosia
import SosiaCore
import Synchronization

/// Bounds how many addresses each caller names in a minute, by a token bucket each: as many as that at once, and one more
/// each time its share of the minute has passed.
final class FetchRate: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    /// Buckets that are looked through for full ones, which say nothing any more, before another is made.
    private static let many = 1_024

    private let perSecond: Double
    private let capacity: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private let buckets = Mutex<[Caller: Bucket]>([:])

    /// - Parameters:
    ///   - perMinute: addresses.
    ///   - atOnce: addresses that one request may name, whatever the rate.
    ///   - now: tells the time.
    init(
        perMinute: Int, atOnce: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        perSecond = Double(perMinute) / 60
        capacity = Double(max(perMinute, atOnce))
        self.now = now
    }

    /// - Throws: ``Problem`` of kind `tooManyRequests`, with the seconds after which there will be enough.
    func take(_ addresses: Int, of caller: Caller) throws(Problem) {
        let now = now()
        let wanted = Double(addresses)
        let missing: Double = buckets.withLock { buckets in
            if buckets.count >= Self.many { buckets = buckets.filter { tokens(in: $0.value, at: now) < capacity } }
            let there = buckets[caller].map { tokens(in: $0, at: now) } ?? capacity
            buckets[caller] = Bucket(tokens: there >= wanted ? there - wanted : there, filled: now)
            return wanted - there
        }
        guard missing > 0 else { return }
        let seconds = Int((missing / perSecond).rounded(.up))
        throw Problem(
            .tooManyRequests, "\(addresses) more addresses may be named in \(seconds) s",
            facts: [("retry_after", .integer(Int64(seconds)))], headers: [.retryAfter: String(seconds)])
    }

    private func tokens(in bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
        min(bucket.tokens + (now - bucket.filled) / .seconds(1) * perSecond, capacity)
    }
}
