import Sosia

/// The page's files. They are part of the executable (`.embedInCode`), so that it works wherever it is moved to.
struct PageFile: Sendable {
    let path: String
    let mediaType: String
    let bytes: [UInt8]
    /// For conditional requests: a new version of the program may bring other bytes.
    let tag: String

    init(_ path: String, _ mediaType: String, _ bytes: [UInt8]) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        tag = "\"" + String(ContentHash(of: bytes)?.description.prefix(32) ?? "") + "\""
    }

    /// All of them. What is not in this list is not served.
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
