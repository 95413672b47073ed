/// Why a file of tiny images could not be read, searched or made.
public enum TinyImageError: Error, Hashable, Sendable {
    /// The file holds no whole record.
    case empty(path: String, bytes: Int)
    /// More records than a search can number.
    case tooManyRecords(path: String, count: Int, maximum: Int)
    case positionBeyondEnd(position: Int, count: Int, path: String)
    /// The archive is damaged or of a kind that is not read.
    case unreadableArchive(path: String, reason: String)
    case libraryMissing(library: String, package: String)
    /// There is no such folder or archive, or it may not be read.
    case unreadable(path: String, reason: String)
    /// No picture was found in the folder or archive.
    case noPictures(path: String)
    case unwritable(path: String, reason: String)
    /// The names beside a file are not one JSON string a line, or not as many as there are records.
    case badNames(path: String, line: Int, reason: String)
}

extension TinyImageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty(let path, let bytes):
            "\(path) has \(bytes) bytes, and a tiny image \(TinyImage.byteCount): there is none in it"
        case .tooManyRecords(let path, let count, let maximum):
            "\(path) has \(count) tiny images, at most \(maximum) can be searched"
        case .positionBeyondEnd(let position, let count, let path):
            "there is no position \(position) in \(path): it has \(count) tiny images, 0 to \(count - 1)"
        case .unreadableArchive(let path, let reason): "\(path) cannot be read as an archive: \(reason)"
        case .libraryMissing(let library, let package): "\(library) is missing: apt-get install \(package)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noPictures(let path): "there are no pictures in \(path)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .badNames(let path, let line, let reason): "line \(line) of \(path): \(reason)"
        }
    }
}
