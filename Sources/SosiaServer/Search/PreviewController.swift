import Foundation
import Hummingbird
import Sosia
import SosiaCore

/// Shows what the server makes of a picture that is asked with, where a browser cannot: TIFF, HEIF, and pictures at
/// addresses, which pages may not load themselves. Nothing of it is kept.
struct PreviewController: Controller {
    let collections: ServedCollections
    let handler: SearchHandler
    let form: FormReader

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, "/v1/collections/{collection}/preview", "preview", tag: "search",
                    "Show a picture as a search sees it: upright, in sRGB, small", scope: .read,
                    parameters: [.collection], body: [.json("PreviewAddress"), .form(Schemas.previewForm)],
                    answers: [.json("Preview")],
                    problems: [
                        .urlNotAllowed, .unfetchable, .tooManyRequests, .notAPicture, .pictureTooLarge, .tooManyFiles,
                    ]), preview)
        ]
    }

    private func preview(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(in: collections).store
        let bytes = try await bytes(request, context)
        let preview = try await handler.admission.run { try await store.preview(of: bytes) }
        return .json { json in
            json.object { json in
                json.member("format", preview.facts.format)
                json.member("width", preview.facts.width)
                json.member("height", preview.facts.height)
                json.member("jpeg", Data(preview.jpeg).base64EncodedString())
            }
        }
    }

    private func bytes(_ request: Request, _ context: ServerContext) async throws -> [UInt8] {
        guard request.mediaType == FormReader.mediaType else {
            let document = try await request.document(context)
            let address = try await handler.admission.run {
                let document = try JSONReader(document)
                guard let url = try document.object(["url"])["url"] else { throw document.wrong("a url is missing") }
                return try url.string()
            }
            return try await handler.fetching.fetch([address], context)[0].bytes
        }
        var file: [UInt8]?
        try await form.read(request, context) { part in
            guard part.isFile else { throw Problem.body(at: "", "only a file is taken") }
            guard file == nil else { throw Problem(.tooManyFiles, "a preview shows one") }
            file = part.bytes
        }
        guard let file else { throw Problem.body(at: "", "a file is missing") }
        return file
    }
}
