import Hummingbird
import NIOCore
import Sosia
import SosiaCore

/// Serves originals and thumbnails.
struct FileController: Controller {
    /// Bytes that are sent at once, so that a client that stops reading is noticed.
    private static let block = 64 << 10

    let collections: ServedCollections
    let admission: AdmissionQueue

    private static let widths = ThumbnailWidth.minimum...ThumbnailWidth.maximum
    private static let path = "/v1/collections/{collection}/images/{id}"

    var endpoints: [Endpoint] {
        let width = Schema.integer(Self.widths, standard: ThumbnailWidth.standard)
        return [
            Endpoint(
                Operation(
                    .get, Self.path + "/file", "getFile", tag: "pictures", "Get a picture's original file",
                    scope: .read, parameters: [.collection, .picture], answers: [.binary("image/*")],
                    problems: [.originalMissing, .sourceChanged, .sourceDamaged]), file),
            Endpoint(
                Operation(
                    .get, Self.path + "/thumb", "getThumbnail", tag: "pictures",
                    "Get a thumbnail of a picture, an upright JPEG",
                    scope: .read,
                    parameters: [
                        .collection, .picture,
                        .query("w", width, "Width in pixels, rounded up to one of a few sizes."),
                    ],
                    answers: [.binary("image/jpeg")],
                    problems: [.originalMissing, .sourceChanged, .sourceDamaged, .notAPicture]), thumbnail),
        ]
    }

    private func file(_ request: Request, _ context: ServerContext) async throws -> Response {
        let original = try await context.collection(in: collections).store.original(of: context.picture())
        return Self.response(
            original.bytes, type: original.format.mediaType, tag: original.hash.description, request)
    }

    private func thumbnail(_ request: Request, _ context: ServerContext) async throws -> Response {
        let store = try context.collection(in: collections).store
        let id = try context.picture()
        let width = try QueryReader(request).integer("w", Self.widths)
        let bytes = try await admission.run {
            try await store.thumbnail(of: id, width: width ?? ThumbnailWidth.standard)
        }
        return Self.response(bytes, type: "image/jpeg", tag: ContentHash(of: bytes)?.description ?? "", request)
    }

    /// A picture can change under its address, so browsers revalidate it and get 304 if it has not.
    private static func response(_ bytes: [UInt8], type: String, tag: String, _ request: Request) -> Response {
        let tag = "\"\(tag)\""
        var response = Response(
            status: .ok,
            headers: [.contentType: type, .eTag: tag, .cacheControl: "private, no-cache", .acceptRanges: "none"])
        if request.headers[.ifNoneMatch] == tag {
            response.status = .notModified
            return response
        }
        response.body = ResponseBody(contentLength: bytes.count) { writer in
            for start in stride(from: 0, to: bytes.count, by: block) {
                try await writer.write(ByteBuffer(bytes: bytes[start..<min(start + block, bytes.count)]))
            }
            try await writer.finish(nil)
        }
        return response
    }
}

extension PictureFormat {
    /// As registered with IANA.
    var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .webp: "image/webp"
        case .tiff: "image/tiff"
        case .gif: "image/gif"
        case .heif: "image/heif"
        case .avif: "image/avif"
        case .bmp: "image/bmp"
        }
    }
}
