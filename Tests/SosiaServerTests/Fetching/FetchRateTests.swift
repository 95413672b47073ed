import HTTPTypes
import Synchronization
import Testing

@testable import SosiaServer

struct FetchRateTests {
    /// A clock that stands until it is moved.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }

        func pass(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    private static func refusal(_ body: () throws(Problem) -> Void) -> Problem? {
        do throws(Problem) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func soManyAMinuteAndNoMore() throws {
        let clock = Clock()
        let rate = FetchRate(perMinute: 6, atOnce: 1, now: { clock.now })
        let key = Caller.key("a")
        try rate.take(4, of: key)
        try rate.take(2, of: key)
        let refused = try #require(Self.refusal { () throws(Problem) in try rate.take(1, of: key) })
        #expect(refused.kind == .tooManyRequests && refused.kind.status.code == 429)
        #expect(refused.headers[.retryAfter] == "10")
        // What was refused is not counted, and others are not concerned.
        try rate.take(6, of: .key("b"))
        try rate.take(6, of: .address("a"))
        clock.pass(.seconds(10))
        try rate.take(1, of: key)
        #expect(Self.refusal { () throws(Problem) in try rate.take(2, of: key) }?.headers[.retryAfter] == "20")
        // However long nobody asks, a minute's worth is there.
        clock.pass(.seconds(100_000))
        try rate.take(6, of: key)
        #expect(Self.refusal { () throws(Problem) in try rate.take(1, of: key) } != nil)
    }

    @Test func oneRequestIsAlwaysPossible() throws {
        let clock = Clock()
        let rate = FetchRate(perMinute: 1, atOnce: 8, now: { clock.now })
        try rate.take(8, of: .key("a"))
        #expect(Self.refusal { () throws(Problem) in try rate.take(8, of: .key("a")) }?.headers[.retryAfter] == "480")
    }

    @Test func manyCallersAreForgottenAndNoneIsForgiven() throws {
        let clock = Clock()
        let rate = FetchRate(perMinute: 60, atOnce: 1, now: { clock.now })
        try rate.take(60, of: .key("busy"))
        for number in 0..<5_000 {
            try rate.take(1, of: .address("\(number)"))
            clock.pass(.milliseconds(1))
        }
        #expect(Self.refusal { () throws(Problem) in try rate.take(30, of: .key("busy")) } != nil)
    }
}
