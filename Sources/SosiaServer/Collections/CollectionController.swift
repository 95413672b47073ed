import Hummingbird
import Sosia
import SosiaCore

/// Lists, describes, creates and deletes collections.
struct CollectionController: Controller {
    let collections: ServedCollections
    let reads: AdmissionQueue
    let writes: AdmissionQueue

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/collections", "listCollections", tag: "collections", "List all collections",
                    scope: .read,
                    answers: [.json("Collections")]), list
            ).admitted(by: reads),
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}", "getCollection", tag: "collections",
                    "Describe a collection: its size, model and indexes", scope: .read, parameters: [.collection],
                    answers: [.json("Collection")]), get
            ).admitted(by: reads),
            Endpoint(
                Operation(
                    .put, "/v1/collections/{collection}", "createCollection", tag: "collections",
                    "Create a collection; an existing one is left unchanged", scope: .write,
                    parameters: [.collection], body: [.json("NewCollection")], isBodyOptional: true,
                    status: .created, or: [.ok], answers: [.json("Collection")],
                    problems: [.creationDisabled, .modelMismatch, .unknownModel, .storageFull, .collectionBusy]),
                create),
            Endpoint(
                Operation(
                    .delete, "/v1/collections/{collection}", "deleteCollection", tag: "collections",
                    "Delete a collection and everything in it", scope: .write, parameters: [.collection],
                    status: .noContent, problems: [.creationDisabled]), delete
            ).admitted(by: writes),
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}/attributes", "listAttributes", tag: "collections",
                    "List the attributes that filters can use; values are left out behind the first 4 MiB",
                    scope: .read,
                    parameters: [.collection], answers: [.json("Attributes")]), attributes
            ).admitted(by: reads),
        ]
    }

    private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
        var answers: [CollectionAnswer] = []
        for collection in collections.all { answers.append(try await CollectionAnswer(collection)) }
        return .json { json in
            json.object { $0.member("collections", answers) }
        }
    }

    private func get(_ request: Request, _ context: ServerContext) async throws -> Response {
        let answer = try await CollectionAnswer(context.collection(in: collections))
        return .json { answer.write(to: &$0) }
    }

    private func create(_ request: Request, _ context: ServerContext) async throws -> Response {
        let name = context.parameters.get("collection") ?? ""
        let document = try await request.optionalDocument(context) ?? Array("{}".utf8)
        return try await writes.run(reading: document) { document in
            let model = try document.object(["model"])["model"]?.string(longest: 256)
            let (collection, isNew) = try await collections.create(name, model: model)
            let answer = try await CollectionAnswer(collection)
            return .json(status: isNew ? .created : .ok) { answer.write(to: &$0) }
        }
    }

    private func delete(_ request: Request, _ context: ServerContext) async throws -> Response {
        try await collections.remove(context.parameters.get("collection") ?? "")
        return Response(status: .noContent)
    }

    private func attributes(_ request: Request, _ context: ServerContext) async throws -> Response {
        let summaries = try await context.collection(in: collections).store.attributes()
        return try await LargeAnswer.json(context) { json in
            json.object { json in
                json.member("attributes", summaries) { json, summary in
                    json.object { json in
                        json.member("name", summary.name)
                        json.member("kinds", summary.kinds.map(\.rawValue))
                        json.member("pictures", summary.pictures)
                        let isRoom = json.bytes.count < LargeAnswer.pageBytes
                        json.member("values", isRoom ? summary.values : nil)
                    }
                }
            }
        }
    }
}

/// A collection as clients see it.
struct CollectionAnswer: JSONWritable {
    let name: String
    let status: Store.Status

    init(_ collection: ServedCollection) async throws {
        name = collection.name
        status = try await collection.store.status()
    }

    func write(to json: inout JSONWriter) {
        let engine = status.engine
        json.object { json in
            json.member("name", name)
            json.member("pictures", engine.pictures)
            json.member("vacant", engine.vacant)
            json.member("bytes") { json in
                json.object { json in
                    json.member("catalog", engine.ledgerBytes)
                    json.member("vectors", engine.vectorBytes)
                }
            }
            json.member("model") { Self.write(status.model, to: &$0) }
            json.member("abilities") { Self.write(status.abilities, to: &$0) }
            json.member("indexes", engine.indexes) { json, index in
                json.object { json in
                    json.member("kind", index.kind)
                    json.member("rows", index.rows)
                    json.member("bytes", index.bytes)
                }
            }
        }
    }

    private static func write(_ abilities: EngineAbilities, to json: inout JSONWriter) {
        json.object { json in
            json.member("engine", abilities.engine)
            json.member("exact_proven", abilities.isExactProven)
            json.member("recall_calibrated", abilities.isRecallCalibrated)
            json.member("keeps_vector_bits", abilities.keepsVectorBits)
            json.member("writers", abilities.writers.rawValue)
            json.member("visibility", abilities.visibility.rawValue)
            json.member("max_k", abilities.maximumK)
            json.member("max_dimension", abilities.maximumDimension)
            json.member("max_attribute_bytes", abilities.maximumAttributeBytes)
            json.member("metrics", abilities.metrics.map(\.rawValue))
            json.member("upkeep", abilities.upkeep.map(\.rawValue))
        }
    }

    private static func write(_ model: ModelIdentity, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", model.name)
            json.member("weights_sha256", model.weightsSHA256)
            json.member("precision", model.precision.rawValue)
            json.member("pooling", model.descriptor.text)
            json.member("dimension", model.dimension)
            json.member("metric", model.metric.rawValue)
        }
    }
}
