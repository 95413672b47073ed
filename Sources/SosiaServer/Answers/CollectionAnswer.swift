import Sosia

/// What clients are told of a collection.
struct CollectionAnswer: JSONWritable {
    let name: String
    let status: StoreStatus

    init(_ collection: ServedCollection) async throws {
        name = collection.name
        status = try await collection.store.status()
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("pictures", status.pictures)
            json.member("vacant", status.vacant)
            json.member("bytes") { json in
                json.object { json in
                    json.member("catalog", status.catalogBytes)
                    json.member("vectors", status.vectorBytes)
                }
            }
            json.member("model") { Self.write(status.model, to: &$0) }
            json.member("indexes", status.indexes) { json, index in
                json.object { json in
                    json.member("kind", index.kind)
                    json.member("rows", index.rows)
                    json.member("bytes", index.bytes)
                }
            }
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
