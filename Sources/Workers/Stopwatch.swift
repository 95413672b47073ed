/// Measures the milliseconds between laps.
package struct Stopwatch {
    private var last = ContinuousClock.now

    package init() {}

    package mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        return (now - last) / .milliseconds(1)
    }
}
