import Hummingbird
import NIOCore
import Sosia
import SosiaCore

/// Serves originals and thumbnails.
struct FileController: Controller {
    /// Bytes of an original that are read at once. One piece is on its way to the client while the next waits.
    static let piece = 256 << 10

    let collections: ServedCollections
    /// For making thumbnails.
    let admission: AdmissionQueue
    /// For finding originals.
    let reads: AdmissionQueue

    private static let widths = ThumbnailWidth.minimum...ThumbnailWidth.maximum
    private static let path = "/v1/collections/{collection}/images/{id}"

    var endpoints: [Endpoint] {
        let width = Schema.integer(Self.widths, standard: ThumbnailWidth.standard)
        return [
            Endpoint(
                Operation(
                    .get, Self.path + "/file", "getFile", tag: "pictures",
                    "Get a picture's original file, or one range of its bytes (206)",
                    scope: .read, parameters: [.collection, .picture], or: [.partialContent],
                    answers: [.binary("image/*")],
                    problems: [.originalMissing, .sourceChanged, .sourceDamaged, .rangeNotSatisfiable]), file
            ).admitted(by: reads),
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
                    problems: [.originalMissing, .sourceChanged, .sourceDamaged, .notAPicture]), thumbnail
            ).admitted(by: admission),
        ]
    }

    private func file(_ request: Request, _ context: ServerContext) async throws -> Response {
        let original = try await context.collection(in: collections).store.openOriginal(of: context.picture())
        var response = Self.response(original.format.mediaType, tag: original.hash.description)
        response.headers[.acceptRanges] = "bytes"
        if Self.isKnown(&response, to: request) { return response }
        var range = 0..<original.length
        switch Self.range(request, of: original.length, response) {
        case .whole: break
        case .part(let part):
            range = part
            response.status = .partialContent
            response.headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(original.length)"
        case .unsatisfiable:
            throw Problem(
                .rangeNotSatisfiable, "the file has \(original.length) bytes",
                facts: [("length", .integer(Int64(original.length)))],
                headers: [.contentRange: "bytes */\(original.length)"])
        }
        response.body = try Self.body(original, range, context)
        return response
    }

    /// Only a range of the very bytes that the client has a part of (RFC 9110, sections 13.1.5 and 14.2).
    private static func range(_ request: Request, of length: Int, _ response: Response) -> ByteRange {
        guard request.method == .get, let field = request.headers[.range],
            request.headers[.ifRange].map({ $0 == response.headers[.eTag] }) ?? true
        else { return .whole }
        return ByteRange(field, of: length)
    }

    /// Reads a piece once the client has taken the one before.
    private static func body(
        _ original: OriginalReader, _ range: Range<Int>, _ context: ServerContext
    ) throws -> ResponseBody {
        let share = context.held.another()
        try share.take(original.held + min(range.count, 2 * piece))
        return ResponseBody(contentLength: range.count) { writer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
                let wanted = start..<min(start + piece, range.upperBound)
                let bytes = try await original.bytes(in: wanted)
                // It was cut since: the connection ends, so that the client does not take it for whole.
                guard bytes.count == wanted.count else { throw Problem(.originalMissing, "the file has changed") }
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
            withExtendedLifetime(share) {}
        }
    }

    private func thumbnail(_ request: Request, _ context: ServerContext) async throws -> Response {
        let width = try QueryReader(request).integer("w", Self.widths)
        let bytes = try await context.collection(in: collections).store.thumbnail(
            of: context.picture(), width: width ?? ThumbnailWidth.standard)
        var response = Self.response("image/jpeg", tag: ContentHash(of: bytes)?.description ?? "")
        response.headers[.acceptRanges] = "none"
        if !Self.isKnown(&response, to: request) {
            response.body = try LargeAnswer.body(ByteBuffer(bytes: bytes), context)
        }
        return response
    }

    /// A picture can change under its address, so browsers revalidate it and get 304 if it has not.
    private static func response(_ type: String, tag: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .eTag: "\"\(tag)\"", .cacheControl: "private, no-cache"])
    }

    private static func isKnown(_ response: inout Response, to request: Request) -> Bool {
        guard request.headers[.ifNoneMatch] == response.headers[.eTag] else { return false }
        response.status = .notModified
        return true
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
