import FileSystem
import Foundation
import Hummingbird
import NIOCore
import Sosia
import SosiaCore

/// Serves the web page.
struct PageController: Controller {
    /// Scripts, styles and requests of this server only; pictures also from the clipboard and memory.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static let tag = "page"

    let library: MapLibrary

    var endpoints: [Endpoint] {
        PageFile.all.map { file in
            Endpoint(Self.operation(file.path, file.mediaType, "Get a file of the web page")) { request, _ in
                Self.response(file, request)
            }
        }
            + MapLibrary.files.map { file in
                let operation = Self.operation(
                    file.path, file.mediaType, "Get a file of the library that draws the page's map",
                    problems: [.mapLibraryMissing])
                return Endpoint(operation) { request, _ in Self.response(try library.page(file), request) }
            }
    }

    private static func operation(
        _ path: String, _ mediaType: String, _ summary: String, problems: [ProblemKind] = []
    ) -> Operation {
        let name = path.dropFirst().split { "./".contains($0) }.joined(separator: "_")
        return Operation(
            .get, path, "page" + (name.isEmpty ? "" : "_" + name), tag: tag, summary, scope: .open,
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

/// A file of the page, embedded in the executable (`.embedInCode`), so that the program can be moved anywhere.
struct PageFile: Sendable {
    let path: String
    let mediaType: String
    let bytes: [UInt8]
    /// For conditional requests: another version of the program may have other bytes.
    let tag: String

    init(_ path: String, _ mediaType: String, _ bytes: [UInt8]) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        tag = "\"" + String(ContentHash(of: bytes)?.description.prefix(32) ?? "") + "\""
    }

    /// All files that are served.
    static let all = [
        PageFile("/", "text/html; charset=utf-8", PackageResources.page_html),
        PageFile("/page.css", "text/css; charset=utf-8", PackageResources.page_css),
        PageFile("/favicon.svg", "image/svg+xml", PackageResources.favicon_svg),
        script("/about.js", PackageResources.about_js),
        script("/adding.js", PackageResources.adding_js),
        script("/advice.js", PackageResources.advice_js),
        script("/api.js", PackageResources.api_js),
        script("/filter.js", PackageResources.filter_js),
        script("/grid.js", PackageResources.grid_js),
        script("/key.js", PackageResources.key_js),
        script("/library.js", PackageResources.library_js),
        script("/map.js", PackageResources.map_js),
        script("/marks.js", PackageResources.marks_js),
        script("/page.js", PackageResources.page_js),
        script("/pictures.js", PackageResources.pictures_js),
        script("/pieces.js", PackageResources.pieces_js),
        script("/places.js", PackageResources.places_js),
        script("/query.js", PackageResources.query_js),
        script("/rasters.js", PackageResources.rasters_js),
        script("/rectangle.js", PackageResources.rectangle_js),
        script("/subject.js", PackageResources.subject_js),
    ]

    private static func script(_ path: String, _ bytes: [UInt8]) -> PageFile {
        PageFile(path, "text/javascript; charset=utf-8", bytes)
    }
}

/// The library that draws the page's map: Leaflet, which is installed separately.
struct MapLibrary: Sendable {
    /// Where Debian's package installs it.
    static let standardFolder = "/usr/share/javascript/leaflet"

    /// A file that is served; no others in the folder are.
    struct File: Sendable {
        let path: String
        let mediaType: String
        var name: String { AbsolutePath.name(path) }
    }

    static let files = [
        File(path: "/leaflet/leaflet.js", mediaType: "text/javascript; charset=utf-8"),
        File(path: "/leaflet/leaflet.css", mediaType: "text/css; charset=utf-8"),
    ]

    let folder: String

    /// `SOSIA_LEAFLET` names another folder.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        folder = environment["SOSIA_LEAFLET"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardFolder
    }

    /// - Throws: ``Problem`` that says what to install.
    func page(_ file: File) throws(Problem) -> PageFile {
        guard let data = FileManager.default.contents(atPath: folder + "/" + file.name) else {
            throw Problem(
                .mapLibraryMissing, "install Leaflet where the server runs: apt-get install libjs-leaflet",
                cause: "\(file.name) not found in \(folder)")
        }
        return PageFile(file.path, file.mediaType, [UInt8](data))
    }
}
