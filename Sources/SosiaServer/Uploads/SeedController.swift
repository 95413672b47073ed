import Foundation
import Hummingbird
import Sosia

/// The four addresses of an earlier reverse image search, for its clients: JSON with the picture in base64, often as a
/// data URL, the key at the beginning of the body, and answers with `ok`. They use the standard collection.
struct SeedController: Controller {
    /// Hits of a search.
    private static let hits = 5

    let collections: ServedCollections
    let search: SearchHandler
    let uploads: UploadHandler
    let jobs: JobController
    let access: AccessPolicy
    /// For counting the pictures.
    let admission: AdmissionQueue
    let publicURL: PublicURL?
    /// Of the server's own address.
    let scheme: String

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/status/", "seedStatus", tag: "compatibility",
                    "Count the pictures; without a key, where one is asked for, only whether the server is alive",
                    scope: .handler, answers: [.json("SeedStatus")]), status),
            Endpoint(
                Operation(
                    .post, "/search/", "seedSearch", tag: "compatibility", "Find the five nearest pictures",
                    scope: .handler,
                    body: [.json("SeedPicture")], answers: [.json("SeedAnswer")], problems: Self.problems), search),
            Endpoint(
                Operation(
                    .post, "/insert/", "seedInsert", tag: "compatibility", "Add a picture", scope: .handler,
                    body: [.json("SeedPicture")], answers: [.json("SeedOutcome")], problems: Self.problems), insert),
            Endpoint(
                Operation(
                    .post, "/indexing/", "seedIndexing", tag: "compatibility", "Build indexes", scope: .handler,
                    body: [.json("SeedKey")], answers: [.json("SeedOutcome")], problems: Self.problems), index),
        ]
    }

    private static let problems: [ProblemKind] = [
        .unauthenticated, .insufficientScope, .unknownCollection, .notAPicture, .pictureTooLarge, .overloaded,
        .collectionBusy, .collectionGone, .readOnly, .storageFull, .storageFailed, .internalError,
    ]

    private func status(_ request: Request, _ context: ServerContext) async throws -> Response {
        guard access.keys == nil || request.hasKey else { return StatusController.health(true) }
        _ = try access.check(request, allows: .read)
        let pictures = try await admission.run { try await collections.standard().store.count() }
        let system = ProcessInfo.processInfo
        return .json { json in
            json.object { json in
                json.member("ok", pictures > 0)
                guard pictures > 0 else { return }
                json.member("entities_num", String(pictures))
                json.member("cpu", "\(system.activeProcessorCount) cores")
                json.member("memory", "\(system.physicalMemory >> 30)GB")
                json.member("gpu", "NONE")
            }
        }
    }

    private func search(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await body(of: request, .read, context)
        let collection = try collections.standard()
        let base = try publicURL?.text ?? request.host().map { "\(scheme)://\($0.text)" } ?? ""
        return try await search.run(in: collection, context, documentBytes: body.count) {
            let picture = try Self.picture(body.members(["key", "image"]))
            return [SearchQuestion(body: try SearchBody(picture: "image", k: Self.hits), uploads: ["image": picture])]
        } write: { _, answers in
            .json { json in
                json.object { json in
                    json.member("ok", true)
                    for (number, hit) in answers[0].hits.enumerated() {
                        json.member("image\(number + 1)", base + collection.address(of: hit.record.id) + "/file")
                    }
                    json.member("embedding_time", Int(answers[0].timings.decode + answers[0].timings.embed))
                    json.member("search_time", Int(answers[0].timings.search))
                }
            }
        }
    }

    private func insert(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await body(of: request, .write, context)
        let collection = try collections.standard()
        let outcome = try await uploads.add(to: collection, context, documentBytes: body.count) {
            let content = try body.members(["key", "image", "location"])
            let location = try content.members["location"]?.string() ?? "upload"
            return [
                Upload(
                    name: location, bytes: try Self.picture(content), attributes: ["location": .string(location)])
            ]
        }.first
        if case .skipped(let reason)? = outcome?.result { throw reason }
        return Self.done()
    }

    private func index(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await body(of: request, .write, context)
        let collection = try collections.standard()
        try await uploads.admission.run {
            _ = try await LongWork.run(body.count > LongWork.small) { try body.members(["key"]).members.count }
            _ = try jobs.index(collection)
        }
        return Self.done()
    }

    private static func done() -> Response {
        .json { json in
            json.object { $0.member("ok", true) }
        }
    }

    /// Reads the body of a client whose key is known by the time that more than its beginning is read.
    private func body(
        of request: Request, _ scope: KeyScope, _ context: ServerContext
    ) async throws -> SeedBody {
        var isKnown = access.keys == nil
        if !isKnown, request.hasKey {
            _ = try access.check(request, allows: scope)
            isKnown = true
        }
        let maximum = uploads.form.limits.fileBytes / 3 * 4 + SeedBody.keyBytes
        var bytes: [UInt8] = []
        try await request.readBody(upTo: maximum, context) { chunk in
            try context.held.take(chunk.readableBytes)
            bytes.append(contentsOf: chunk.readableBytesView)
            guard bytes.count >= SeedBody.keyBytes else { return }
            if !isKnown {
                _ = try access.check(SeedBody(bytes).key, allows: scope)
                isKnown = true
            }
            // An array that grows is copied again and again. What is only reserved takes no memory yet.
            bytes.reserveCapacity(max(request.headers[.contentLength].flatMap(Int.init) ?? 0, 0))
        }
        if !isKnown { _ = try access.check(SeedBody(bytes).key, allows: scope) }
        return SeedBody(bytes)
    }

    private static func picture(_ content: (members: [String: JSONReader], picture: [UInt8]?)) throws -> [UInt8] {
        guard let picture = content.picture else {
            throw Problem.body(at: "/image", "a picture in base64 is expected")
        }
        return picture
    }
}
