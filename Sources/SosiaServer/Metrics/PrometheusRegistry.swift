import Metrics
import Synchronization

/// A back end of swift-metrics that answers in the Prometheus text format (version 0.0.4).
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

    // What was counted is kept for as long as the server runs.
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

    /// Everything as text, by name and labels.
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
