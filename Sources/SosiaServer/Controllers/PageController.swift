import Hummingbird
import NIOCore

/// The page for people.
struct PageController: Controller {
    /// Scripts, styles and requests of this server only; pictures also from the clipboard and from memory.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    let library: MapLibrary

    var endpoints: [Endpoint] {
        PageFile.all.map { file in
            Endpoint(Self.operation(file.path, file.mediaType, "A file of the page")) { request, _ in
                Self.response(file, request)
            }
        }
            + MapLibrary.files.map { file in
                let operation = Self.operation(
                    file.path, file.mediaType, "A file of the library that draws the page's map",
                    problems: [.mapLibraryMissing])
                return Endpoint(operation) { request, _ in Self.response(try library.page(file), request) }
            }
    }

    private static func operation(
        _ path: String, _ mediaType: String, _ summary: String, problems: [ProblemKind] = []
    ) -> Operation {
        let name = path.dropFirst().split { "./".contains($0) }.joined(separator: "_")
        return Operation(
            .get, path, "page" + (name.isEmpty ? "" : "_" + name), tag: "page", summary, scope: .open,
            answers: [.text(mediaType)], problems: problems)
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
