import Metrics
import Synchronization

/// A backend of swift-metrics that writes the Prometheus text format (version 0.0.4).
final class PrometheusRegistry: MetricsFactory {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var counters: [MetricKey: PrometheusCounter] = [:]
        var gauges: [MetricKey: PrometheusGauge] = [:]
        var histograms: [MetricKey: PrometheusHistogram] = [:]
    }

    private let state = Mutex(State())

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let key = MetricKey(label, dimensions)
        return state.withLock { Self.found(key, in: &$0.counters) { PrometheusCounter() } }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(MetricKey(label, dimensions))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(MetricKey(label, dimensions)) : gauge(MetricKey(label, dimensions))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricKey(label, dimensions))
    }

    // Metrics live as long as the server.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private func gauge(_ key: MetricKey) -> PrometheusGauge {
        state.withLock { Self.found(key, in: &$0.gauges) { PrometheusGauge() } }
    }

    private func histogram(_ key: MetricKey) -> PrometheusHistogram {
        state.withLock { Self.found(key, in: &$0.histograms) { PrometheusHistogram() } }
    }

    private static func found<Metric>(
        _ key: MetricKey, in known: inout [MetricKey: Metric], _ make: () -> Metric
    ) -> Metric {
        if let metric = known[key] { return metric }
        let made = make()
        known[key] = made
        return made
    }

    /// All metrics as text, sorted by name and labels.
    var text: String {
        let all = state.withLock { $0 }
        var lines = lines(all.counters, "counter") { [$0.text() + " \($1.value)"] }
        lines += self.lines(all.gauges, "gauge") { [$0.text() + " \($1.value)"] }
        lines += self.lines(all.histograms, "histogram") { $1.lines($0) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines<Metric>(
        _ metrics: [MetricKey: Metric], _ type: String, _ lines: (MetricKey, Metric) -> [String]
    ) -> [String] {
        Dictionary(grouping: metrics) { $0.key.name }.sorted { $0.key < $1.key }.flatMap { name, metrics in
            ["# TYPE \(name) \(type)"]
                + metrics.map { ($0.key.text(), $0) }.sorted { $0.0 < $1.0 }
                .flatMap { lines($0.1.key, $0.1.value) }
        }
    }
}

final class PrometheusCounter: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }
}

final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// Times in seconds, in buckets that about double.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    private struct State {
        /// One more than bounds: the last bucket is open.
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func lines(_ key: MetricKey) -> [String] {
        let state = state.withLock { $0 }
        var total = 0
        var lines: [String] = []
        for (bound, count) in zip(Self.bounds.map(\.description) + ["+Inf"], state.counts) {
            total += count
            lines.append(key.text(suffix: "_bucket", [.init(name: "le", value: bound)]) + " \(total)")
        }
        return lines + [key.text(suffix: "_sum") + " \(state.sum)", key.text(suffix: "_count") + " \(total)"]
    }
}

/// A metric's name and labels, as the Prometheus text format writes them.
struct MetricKey: Hashable, Sendable {
    let name: String
    let labels: [Label]

    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ name: String, _ labels: [(String, String)]) {
        self.name = Self.permitted(name)
        self.labels = labels.map { Label(name: Self.permitted($0.0), value: $0.1) }
    }

    /// `name{label="value"}`; histograms add a suffix to the name, and labels.
    func text(suffix: String = "", _ more: [Label] = []) -> String {
        let all = labels + more
        if all.isEmpty { return name + suffix }
        return name + suffix + "{" + all.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func permitted(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }
}
