/// Why a file could not be mapped, read or written.
public enum MappedFileError: Error, Hashable, Sendable {
    /// The system call that failed.
    public enum Operation: String, Sendable, Hashable {
        case open
        case status
        case map
        case create
        case write
        case sync
        case read
    }

    /// The system refused; `errno` is its number.
    case system(operation: Operation, path: String, errno: Int32)
    /// A folder, a pipe or a device.
    case notRegular(path: String)
    case tooShort(path: String, got: Int, minimum: Int)
    case outOfBounds(path: String, offset: Int, count: Int, length: Int)
}

extension MappedFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let operation, let path, let errno):
            "cannot \(operation.rawValue) \(path): errno \(errno)"
        case .notRegular(let path):
            "\(path) is not a regular file"
        case .tooShort(let path, let got, let minimum):
            "\(path) has \(got) bytes, expected at least \(minimum)"
        case .outOfBounds(let path, let offset, let count, let length):
            "\(count) values at byte \(offset) do not lie, aligned, within the \(length) mapped bytes of \(path)"
        }
    }
}
