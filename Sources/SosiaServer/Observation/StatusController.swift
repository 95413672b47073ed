import HTTPTypes
import Hummingbird
import NIOCore
import Sosia

/// The state of the server: for people, for a supervisor, and for Prometheus.
struct StatusController: Controller {
    let collections: ServedCollections
    let jobs: Jobs
    let metrics: ServerMetrics
    let limits: ServerLimits
    let abilities: Abilities
    let admission: AdmissionQueue

    /// The options of the server that clients may know.
    struct Abilities: Sendable {
        let needsKey: Bool
        let fetchesURLs: Bool
        let readsPaths: Bool
        let makesCollections: Bool
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/status", "getStatus", tag: "status", "What the server holds and permits", scope: .read,
                    answers: [.json("Status")]), status
            ).admitted(by: admission),
            Endpoint(
                Operation(
                    .get, "/healthz", "isAlive", tag: "status", "Whether the server is alive", scope: .open,
                    answers: [.json("Health")])
            ) { _, _ in Self.health(true) },
            Endpoint(
                Operation(
                    .get, "/readyz", "isReady", tag: "status",
                    "Whether all collections can be searched; answers once their networks are loaded",
                    scope: .open, answers: [.json("Health")], problems: [.notReady, .overloaded]), ready
            ).admitted(by: admission),
            Endpoint(
                Operation(
                    .get, "/metrics", "getMetrics", tag: "status", "Metrics in the Prometheus text format",
                    scope: .read, answers: [.text("text/plain")]), count
            ).admitted(by: admission),
        ]
    }

    static func health(_ isWell: Bool) -> Response {
        .json { json in
            json.object { $0.member("ok", isWell) }
        }
    }

    private func ready(_ request: Request, _ context: ServerContext) async throws -> Response {
        for collection in collections.all {
            do {
                _ = try await collection.store.count()
                try await collection.store.prepare()
            } catch {
                throw Problem(
                    .notReady, "\(collection.name) cannot be searched; the log of the server says more",
                    facts: [("collection", .string(collection.name))], headers: [.retryAfter: "5"], cause: "\(error)")
            }
        }
        return Self.health(true)
    }

    private func status(_ request: Request, _ context: ServerContext) async throws -> Response {
        var answers: [CollectionAnswer] = []
        for collection in collections.all { answers.append(try await CollectionAnswer(collection)) }
        return .json { json in
            json.object { json in
                json.member("version", OpenAPIDocument.version)
                json.member("collections", answers)
                json.member("running_jobs", jobs.all.filter { !$0.state.isFinal }.count)
                json.member("needs_key", abilities.needsKey)
                json.member("fetches_urls", abilities.fetchesURLs)
                json.member("reads_paths", abilities.readsPaths)
                json.member("makes_collections", abilities.makesCollections)
                json.member("limits") { json in
                    json.object { json in
                        json.member("file_bytes", limits.fileBytes)
                        json.member("upload_bytes", limits.uploadBytes)
                        json.member("files", limits.files)
                        json.member("pixels", limits.pixels)
                        json.member("k", SearchOptions.maximumK)
                        json.member("addresses", limits.addresses)
                        json.member("addresses_per_minute", limits.addressRate)
                    }
                }
            }
        }
    }

    private func count(_ request: Request, _ context: ServerContext) async throws -> Response {
        for collection in collections.all {
            let status = try await collection.store.status().engine
            let labels = [("collection", collection.name)]
            metrics.set("sosia_pictures", labels, status.pictures)
            metrics.set("sosia_vacant_rows", labels, status.vacant)
            for index in status.indexes {
                metrics.set("sosia_index_rows", labels + [("kind", index.kind)], index.rows)
                metrics.set("sosia_index_generation", labels + [("kind", index.kind)], Int(status.generation))
            }
        }
        return Response(
            status: .ok, headers: [.contentType: PrometheusRegistry.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.registry.text)))
    }
}
