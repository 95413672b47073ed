import FileSystem
import Foundation
import Sosia

/// The library that draws the page's map: Leaflet, which is installed beside the server and not a part of it.
struct MapLibrary: Sendable {
    /// Where Debian's package has it.
    static let standardFolder = "/usr/share/javascript/leaflet"

    /// One of the files that are served; nothing else in the folder is.
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
