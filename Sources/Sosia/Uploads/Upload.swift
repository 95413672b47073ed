public import SosiaCore

/// An encoded picture that comes with its bytes instead of a path.
public struct Upload: Sendable {
    /// The file name that the client gave; the last part of it is kept as the picture's source, and never used as a path.
    public let name: String
    public let bytes: [UInt8]
    public let attributes: Attributes

    public init(name: String, bytes: [UInt8], attributes: Attributes = [:]) {
        self.name = name
        self.bytes = bytes
        self.attributes = attributes
    }
}

/// What became of an upload.
public struct UploadOutcome: Sendable, Hashable {
    /// How an upload ended.
    public enum Result: Sendable, Hashable {
        case added(ImageID)
        /// The collection has a picture with these bytes; its attributes were merged.
        case known(ImageID)
        case skipped(SkipReason)
    }

    /// As it is kept.
    public let name: String
    public let result: Result

    /// nil when it was skipped.
    public var id: ImageID? {
        switch result {
        case .added(let id), .known(let id): id
        case .skipped: nil
        }
    }
}

extension Upload {
    private static let maximumNameBytes = 255
    private static let nameless = "picture"

    /// The last part of a name from outside, on one line and of a file name's length.
    static func keptName(_ name: String) -> String {
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? Substring().unicodeScalars
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in last {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: continue
            default: bytes += UTF8.width(scalar)
            }
            guard bytes <= maximumNameBytes else { break }
            kept.append(scalar)
        }
        return kept.isEmpty ? nameless : String(kept)
    }
}
