import Foundation
import Sosia

/// The library that draws the page's map: Leaflet, which is installed beside the server and not a part of it.
struct MapLibrary: Sendable {
    /// Where Debian's package has it.
    static let standardFolder = "/usr/share/javascript/leaflet"
    /// Bytes of one file.
    private static let maximumBytes = 4 << 20

    /// One of the files that are served; nothing else in the folder is.
    struct File: Sendable {
        let path: String
        let mediaType: String
        /// The first that is there is taken.
        let names: [String]
    }

    static let files = [
        File(
            path: "/leaflet/leaflet.js", mediaType: "text/javascript; charset=utf-8",
            names: ["leaflet.js"]),
        File(path: "/leaflet/leaflet.css", mediaType: "text/css; charset=utf-8", names: ["leaflet.css"]),
    ]

    let folder: String

    /// `SOSIA_LEAFLET` names another folder.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        folder = environment["SOSIA_LEAFLET"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardFolder
    }

    /// - Throws: ``Problem`` that says what to install.
    func page(_ file: File) throws(Problem) -> PageFile {
        for name in file.names {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name), data.count <= Self.maximumBytes
            else { continue }
            return PageFile(file.path, file.mediaType, [UInt8](data))
        }
        throw Problem(
            .mapLibraryMissing, "install Leaflet where the server runs: apt-get install libjs-leaflet",
            cause: "\(file.names.joined(separator: ", ")) not found in \(folder)")
    }
}
