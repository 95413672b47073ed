import HTTPTypes
import Metrics
import Synchronization

/// The metrics of the server.
final class ServerMetrics: Sendable {
    private struct Route: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    let registry: PrometheusRegistry
    private let stages: [RequestTrace.Stage: Timer]
    private let requests = Mutex<[Route: (counter: Counter, timer: Timer)]>([:])

    init(registry: PrometheusRegistry = PrometheusRegistry()) {
        self.registry = registry
        let timers = RequestTrace.Stage.allCases.map { stage in
            (stage, Timer(label: "sosia_stage_seconds", dimensions: [("stage", stage.rawValue)], factory: registry))
        }
        stages = Dictionary(timers) { first, _ in first }
    }

    func count(_ method: HTTPRequest.Method, route: String, status: Int, took: Duration, _ notes: RequestTrace.Notes) {
        let key = Route(method: method.rawValue, route: route, status: status)
        let (counter, timer) = requests.withLock { requests in
            if let known = requests[key] { return known }
            let labels = [("method", key.method), ("route", key.route)]
            let made = (
                counter: Counter(
                    label: "sosia_requests_total", dimensions: labels + [("status", String(status))],
                    factory: registry),
                timer: Timer(label: "sosia_request_seconds", dimensions: labels, factory: registry)
            )
            requests[key] = made
            return made
        }
        counter.increment()
        timer.recordMilliseconds(took.milliseconds)
        for stage in notes.milliseconds { stages[stage.stage]?.recordMilliseconds(stage.value) }
    }

    /// Counts files that could not be added.
    func countSkipped(_ files: Int, of collection: String) {
        Counter(label: "sosia_skipped_files_total", dimensions: [("collection", collection)], factory: registry)
            .increment(by: files)
    }

    /// Sets a gauge; gauges are read when metrics are asked for.
    func set(_ label: String, _ labels: [(String, String)], _ value: Int) {
        Meter(label: label, dimensions: labels, factory: registry).set(value)
    }
}
