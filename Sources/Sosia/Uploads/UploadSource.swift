import SosiaCore

/// Where an upload is said to have been seen: `upload:` and the SHA-256 of its bytes, then the name that the client
/// gave. It names no file.
struct UploadSource {
    static let scheme = "upload:"
    private static let maximumBytes = 255
    private static let nameless = "picture"

    let name: String
    let location: String

    init(_ name: String, hash: ContentHash) {
        self.name = Self.kept(name)
        location = "\(Self.scheme)\(hash)/\(self.name)"
    }

    /// The last part of a name from outside, on one line and of a file name's length.
    static func kept(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in last.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: continue
            default: bytes += UTF8.width(scalar)
            }
            guard bytes <= maximumBytes else { break }
            kept.append(scalar)
        }
        return kept.isEmpty ? nameless : String(kept)
    }
}
