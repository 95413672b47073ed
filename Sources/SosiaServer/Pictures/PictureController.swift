import Hummingbird
import Sosia

/// Lists, describes, changes and deletes pictures.
struct PictureController: Controller {
    /// Pictures of a page.
    static let minimumPage = 1
    static let defaultPage = 50
    static let maximumPage = 1_000

    /// Ids of a request.
    static let maximumIDs = 1_000

    let collections: ServedCollections
    let reads: AdmissionQueue
    let writes: AdmissionQueue

    private static let pages = minimumPage...maximumPage
    private static let path = "/v1/collections/{collection}/images/{id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/collections/{collection}/images", "listPictures", tag: "pictures",
                    "List pictures, newest first; a page ends early, with at least one, at 4 MiB", scope: .read,
                    parameters: [
                        .collection,
                        .query(
                            "k", .integer(Self.pages, standard: Self.defaultPage), "Pictures per page."),
                        .query("cursor", Schemas.id, "next_cursor of the previous page."),
                        SearchOptions.filter.parameter,
                    ], answers: [.json("Pictures")], problems: [.invalidFilter]), list
            ).admitted(by: reads),
            Endpoint(
                Operation(
                    .get, Self.path, "getPicture", tag: "pictures",
                    "Get a picture: its file's facts and its attributes", scope: .read,
                    parameters: [.collection, .picture], answers: [.json("Picture")]), get
            ).admitted(by: reads),
            Endpoint(
                Operation(
                    .patch, Self.path, "patchPicture", tag: "pictures",
                    "Change attributes by a JSON Merge Patch (RFC 7396); null removes one", scope: .write,
                    parameters: [.collection, .picture], body: [.json("PicturePatch")],
                    answers: [.json("Picture")], problems: [.readOnly, .storageFull, .collectionBusy]), patch),
            Endpoint(
                Operation(
                    .delete, Self.path, "deletePicture", tag: "pictures", "Delete a picture from the collection",
                    scope: .write,
                    parameters: [.collection, .picture], status: .noContent,
                    problems: [.readOnly, .collectionBusy]), delete
            ).admitted(by: writes),
            Endpoint(
                Operation(
                    .post, "/v1/collections/{collection}/images/delete", "deletePictures", tag: "pictures",
                    "Delete several pictures from the collection; unknown ids are ignored", scope: .write,
                    parameters: [.collection], body: [.json("PictureIDs")], answers: [.json("Deleted")],
                    problems: [.readOnly, .collectionBusy]), deleteMany),
            Endpoint(
                Operation(
                    .get, Self.path + "/vector", "getVector", tag: "pictures", "Get the vector of a picture",
                    scope: .read,
                    parameters: [.collection, .picture], answers: [.json("Vector")]), vector
            ).admitted(by: reads),
        ]
    }

    private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let query = QueryReader(request)
        let limit = try query.integer("k", Self.pages) ?? Self.defaultPage
        let last = try query.integer("cursor", 1...Int.max).map { ImageID(rawValue: Int64($0)) }
        let page = try await collection.store.page(
            passing: query.filter(), before: last, limit: limit, bytes: LargeAnswer.pageBytes)
        let bytes = page.attributeBytes + page.records.count * PictureAnswer.usualBytes
        return try await LargeAnswer.json(isLong: bytes > LongWork.small, context) { json in
            json.object { json in
                let written = json.member("results", page.records, upTo: LargeAnswer.pageBytes) { json, record in
                    PictureAnswer(record: record, collection: collection, showsPath: context.seesPaths)
                        .write(to: &json)
                }
                json.member(
                    "next_cursor", written < page.records.count ? page.records[written - 1].id : page.next)
            }
        }
    }

    private func get(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        return Self.answer(try await collection.store.record(context.picture()), in: collection, context)
    }

    private static func answer(
        _ record: ImageRecord, in collection: ServedCollection, _ context: ServerContext
    ) -> Response {
        .json {
            PictureAnswer(record: record, collection: collection, showsPath: context.seesPaths).write(to: &$0)
        }
    }

    private func patch(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let id = try context.picture()
        return try await writes.run(reading: request.document(context)) { document in
            guard let attributes = try document.object(["attributes"])["attributes"] else {
                throw document.wrong("attributes are missing")
            }
            let record = try await collection.store.update(id, attributes: attributes.attributes(of: "picture \(id)"))
            return Self.answer(record, in: collection, context)
        }
    }

    private func delete(_ request: Request, _ context: ServerContext) async throws -> Response {
        let id = try context.picture()
        guard try await context.collection(in: collections).store.remove([id]) == 1 else {
            throw EngineError.unknownImage(id)
        }
        return Response(status: .noContent)
    }

    private func deleteMany(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let count = try await writes.run(reading: request.document(context)) { document in
            guard let list = try document.object(["ids"])["ids"] else { throw document.wrong("ids are missing") }
            let ids = try list.array(1...Self.maximumIDs).map { ImageID(rawValue: Int64(try $0.integer(1...Int.max))) }
            return try await collection.store.remove(ids)
        }
        return .json { json in
            json.object { $0.member("deleted", count) }
        }
    }

    private func vector(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let embedding = try await collection.store.embedding(of: context.picture())
        return .json { json in
            json.object { json in
                json.member("model", collection.store.model.name)
                json.member("vector", embedding.values)
            }
        }
    }
}
