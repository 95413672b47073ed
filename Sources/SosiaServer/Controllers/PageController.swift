import Hummingbird
import NIOCore

/// The page for people.
struct PageController: Controller {
    /// Scripts, styles and requests of this server only; pictures also from the clipboard and from memory.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    var endpoints: [Endpoint] {
        PageFile.all.map { file in
            let name = file.path.dropFirst().split(separator: ".").joined(separator: "_")
            return Endpoint(
                Operation(
                    .get, file.path, "page" + (name.isEmpty ? "" : "_" + name), tag: "page", "A file of the page",
                    scope: .open, answers: [.text(file.mediaType)])
            ) { request, _ in
                Self.response(file, request)
            }
        }
    }

    private static func response(_ file: PageFile, _ request: Request) -> Response {
        var response = Response(
            status: .ok,
            headers: [
                .contentType: file.mediaType, .eTag: file.tag, .cacheControl: "no-cache",
                .contentSecurityPolicy: policy,
            ])
        if request.headers[.ifNoneMatch] == file.tag {
            response.status = .notModified
        } else {
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes))
        }
        return response
    }
}
