import FileSystem
import Images
import SystemPackage

/// Why a file was passed over. The rest of the work went on.
public enum SkipReason: Error, Hashable, Sendable {
    case changedWhileRead
    case decoding(DecodeError)
    case embedding(String)
    /// A folder held known files and is empty now, or a link that leads nowhere; they were kept.
    case emptied(files: Int)
    case linkLoop
    case nameHasLineBreak
    case nameIsNotUTF8
    case notARegularFile
    case notFound
    /// Known files below a folder were read on another device than the folder lies on now; they were kept.
    case otherDevice(files: Int)
    /// A link leads out of ``IngestOptions/onlyBelow``, or nowhere.
    case outside
    case permissionDenied
    case tile(TileError)
    case tooLarge(bytes: Int64, maximum: Int64)
    case unreadable(code: Int32)
}

extension SkipReason {
    /// Why a file could not be looked at or read.
    init(_ error: FileError) {
        self =
            switch error {
            case .system(_, _, .permissionDenied), .system(_, _, .notPermitted): .permissionDenied
            case .system(_, _, .noSuchFileOrDirectory), .system(_, _, .notDirectory): .notFound
            case .system(_, _, .tooManySymbolicLinkLevels): .linkLoop
            case .system(_, _, let errno): .unreadable(code: errno.rawValue)
            case .notRegular: .notARegularFile
            case .outside: .outside
            case .locked, .tooShort, .outOfBounds: .unreadable(code: Errno.ioError.rawValue)
            }
    }
}

extension SkipReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .changedWhileRead: "the file changed while it was being read"
        case .decoding(let error): error.description
        case .embedding(let reason): reason
        case .emptied(let files):
            "nothing is there, perhaps its disk is not mounted; \(files) known below it \(Self.kept(files))"
        case .linkLoop: "the link leads back to a folder that is being walked"
        case .nameHasLineBreak: "the name has a line break, and results are one line a picture; rename the file"
        case .nameIsNotUTF8: "the name is not valid UTF-8; rename the file"
        case .notARegularFile: "not a regular file"
        case .notFound: "there is no such file"
        case .otherDevice(let files):
            "\(files) known below it lay on another device, perhaps that is not mounted; \(Self.kept(files))"
        case .outside: "the link leads out of the folder"
        case .permissionDenied: "permission denied"
        case .tile(let error): error.description
        case .tooLarge(let bytes, let maximum): "the file has \(bytes) bytes, the limit is \(maximum)"
        case .unreadable(let code): "cannot be read (\(Errno(rawValue: code)))"
        }
    }
}

extension SkipReason {
    private static func kept(_ files: Int) -> String {
        "\(files == 1 ? "was" : "were") kept (--force forgets \(files == 1 ? "it" : "them"))"
    }
}

/// A file that was passed over, or a folder with all below it.
public struct SkippedFile: Hashable, Sendable {
    /// The path, with bytes that are not UTF-8 replaced.
    public let path: String
    public let reason: SkipReason
}
