import Foundation
import Hummingbird
import Sosia

/// The four addresses of an earlier reverse image search, for its clients: JSON with the picture in base64, often as a
/// data URL, the key in the body, and answers with `ok`. They use the default collection.
struct SeedController: Controller {
    /// Hits of a search.
    private static let hits = 5

    let collections: ServedCollections
    let search: SearchHandler
    let uploads: UploadHandler
    let jobs: JobController
    let access: AccessPolicy

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/status/", "seedStatus", tag: "compatibility", "Count the pictures", scope: .open,
                    answers: [.json("SeedStatus")]), status),
            Endpoint(
                Operation(
                    .post, "/search/", "seedSearch", tag: "compatibility", "Find the five nearest pictures",
                    scope: .open,
                    body: [.json("SeedPicture")], answers: [.json("SeedAnswer")], problems: Self.problems), search),
            Endpoint(
                Operation(
                    .post, "/insert/", "seedInsert", tag: "compatibility", "Add a picture", scope: .open,
                    body: [.json("SeedPicture")], answers: [.json("SeedOutcome")], problems: Self.problems), insert),
            Endpoint(
                Operation(
                    .post, "/indexing/", "seedIndexing", tag: "compatibility", "Build indexes", scope: .open,
                    body: [.json("SeedKey")], answers: [.json("SeedOutcome")], problems: Self.problems), index),
        ]
    }

    private static let problems: [ProblemKind] = [
        .unauthenticated, .insufficientScope, .unknownCollection, .notAPicture, .pictureTooLarge, .overloaded,
        .collectionBusy, .readOnly, .storageFull, .storageFailed, .internalError,
    ]

    private func status(_ request: Request, _ context: ServerContext) async throws -> Response {
        let pictures = try await collections.standard().store.count()
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
        let members = try await members(request, ["key", "image"], .read, context)
        let collection = try collections.standard()
        let answer = try await search.answer(
            SearchBody(picture: "image", k: Self.hits), uploads: ["image": Self.picture(members["image"])],
            in: collection, context)
        return .json { json in
            json.object { json in
                json.member("ok", true)
                for (number, hit) in answer.hits.enumerated() {
                    json.member("image\(number + 1)", collection.address(of: hit.record.id) + "/file")
                }
                json.member("embedding_time", Int(answer.timings.decode + answer.timings.embed))
                json.member("search_time", Int(answer.timings.search))
            }
        }
    }

    private func insert(_ request: Request, _ context: ServerContext) async throws -> Response {
        let members = try await members(request, ["key", "image", "location"], .write, context)
        let location = try members["location"]?.string() ?? "upload"
        let upload = Upload(
            name: location, bytes: try Self.picture(members["image"]), attributes: ["location": .string(location)])
        let outcome = try await uploads.add([upload], to: collections.standard(), context).first
        if case .skipped(let reason)? = outcome?.result { throw reason }
        return Self.done()
    }

    private func index(_ request: Request, _ context: ServerContext) async throws -> Response {
        _ = try await members(request, ["key"], .write, context)
        _ = try jobs.index(collections.standard())
        return Self.done()
    }

    private static func done() -> Response {
        .json { json in
            json.object { $0.member("ok", true) }
        }
    }

    private func members(
        _ request: Request, _ names: Set<String>, _ scope: KeyScope, _ context: ServerContext
    ) async throws -> [String: JSONReader] {
        let bytes = try await request.collectBody(upTo: uploads.form.limits.fileBytes / 3 * 4 + 4096, context)
        let members = try JSONReader(bytes).object(names)
        try access.check(members["key"].map { try $0.string() }, allows: scope)
        return members
    }

    /// Decodes base64, with or without a leading `data:image/...;base64,`.
    private static func picture(_ reader: JSONReader?) throws -> [UInt8] {
        guard let reader, case .string(let text) = reader.tree.node else {
            throw Problem.body(at: "/image", "a picture in base64 is expected")
        }
        // Byte by byte: a text of accents is one character, which takes very long to compare.
        let coded =
            text.utf8.starts(with: "data:".utf8)
            ? text.utf8.drop { $0 != UInt8(ascii: ",") }.dropFirst() : text.utf8[...]
        guard let bytes = Data(base64Encoded: Data(coded)) else {
            throw reader.wrong("the picture is not base64")
        }
        return [UInt8](bytes)
    }
}
