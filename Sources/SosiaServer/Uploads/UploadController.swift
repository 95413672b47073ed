import FileSystem
import Hummingbird
import Sosia

/// Adds pictures: by upload, from a URL, or from a folder that the server may read.
struct UploadController: Controller {
    let collections: ServedCollections
    let handler: UploadHandler
    let fetching: FetchHandler
    let folders: AllowedFolders
    let jobs: Jobs

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, "/v1/collections/{collection}/images", "addPictures", tag: "pictures",
                    "Add pictures: files of a form, one from a URL, or a path of the server as a job (202)",
                    scope: .write,
                    parameters: [.collection],
                    body: [.form(Schemas.uploadForm), .json("NewPicture")], status: .created,
                    or: [.ok, .accepted],
                    answers: [.json(.oneOf([.component("Uploads"), .component("Job")]))],
                    problems: [
                        .readOnly, .urlNotAllowed, .unfetchable, .tooManyRequests, .pathNotAllowed, .notAPicture,
                        .pictureTooLarge,
                        .collectionBusy, .collectionGone, .storageFull,
                    ]), add)
        ]
    }

    private func add(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        switch request.mediaType {
        case FormReader.mediaType?:
            let outcomes = try await handler.add(request, to: collection, context)
            return try UploadAnswer(outcomes: outcomes, collection: collection).response()
        case "application/json"?:
            return try await addNamed(request, to: collection, context)
        default:
            throw Problem.unsupportedMediaType(
                request.mediaType, expected: [FormReader.mediaType, "application/json"])
        }
    }

    private func addNamed(
        _ request: Request, to collection: ServedCollection, _ context: ServerContext
    ) async throws -> Response {
        let document = try await request.document(context)
        let named = try await handler.admission.run(reading: document) { document in
            let members = try document.object(["url", "path", "attributes"])
            let name = try (members["url"] ?? members["path"])?.string() ?? ""
            let attributes = try members["attributes"]?.attributes(of: name) ?? [:]
            switch (members["url"], members["path"]) {
            case (let url?, nil): return NamedPictures.address(try url.string(), attributes)
            case (nil, let path?): return NamedPictures.path(try path.string(), attributes)
            default: throw document.wrong("one of url and path is expected")
            }
        }
        switch named {
        case .address(let url, let attributes):
            let pictures = try await fetching.fetch([url], context)
            let uploads = pictures.map {
                Upload(name: String($0.url.fileName), bytes: $0.bytes, attributes: attributes)
            }
            let outcomes = try await handler.add(uploads, to: collection, context)
            return try UploadAnswer(outcomes: outcomes, collection: collection).response()
        case .path(let path, let attributes):
            let job = try add(folders.path(path), attributes, to: collection)
            return .json(status: .accepted, headers: [.location: "/v1/jobs/\(job.id)"]) { job.write(to: &$0) }
        }
    }

    /// What a document names.
    private enum NamedPictures {
        case address(String, Attributes)
        case path(String, Attributes)
    }

    private func add(_ path: String, _ attributes: Attributes, to collection: ServedCollection) throws -> Job {
        var options = IngestOptions()
        options.attributes = attributes
        options.onlyBelow = folders.roots
        return try jobs.start(.add, of: collection.name) { [options, metrics = handler.metrics] progress in
            let report = try await collection.store.add([path], options: options) { step in
                progress(step.done, step.total)
            }
            metrics.countSkipped(report.skipped.count, of: collection.name)
            let outside = report.skipped.count { $0.reason == .outside }
            return [
                "added": .integer(Int64(report.added)), "changed": .integer(Int64(report.changed)),
                "known": .integer(Int64(report.duplicates + report.unchanged + report.moved)),
                "skipped": .integer(Int64(report.skipped.count - outside)), "passed_over": .integer(Int64(outside)),
            ]
        }
    }
}

/// The folders in which clients may name files.
struct AllowedFolders: Sendable {
    /// Without links.
    let roots: [String]

    /// - Throws: `SkipReason.notFound` if a folder does not exist.
    init(_ paths: [String]) throws {
        roots = try paths.map { path in
            guard let root = AbsolutePath.resolved(path) else { throw SkipReason.notFound }
            return root
        }
    }

    /// The path with its links resolved, if it lies below one of the folders.
    ///
    /// Missing and forbidden paths get the same answer, so that clients cannot probe the file system.
    func path(_ path: String) throws(Problem) -> String {
        if AbsolutePath.isAbsolute(path), !path.utf8.contains(0), let resolved = AbsolutePath.resolved(path),
            AbsolutePath.contains(oneOf: roots, resolved)
        {
            return resolved
        }
        throw Problem(
            .pathNotAllowed,
            roots.isEmpty ? "the server was started without --allow-root" : "there is no such path that may be read")
    }
}
