internal import Foundation
public import SystemPackage

/// Why a file could not be opened, read, mapped, written or locked.
public enum FileError: Error, Hashable, Sendable {
    /// The system call that failed.
    public enum Operation: String, Sendable, Hashable {
        case open
        case status
        case map
        case create
        case write
        case sync
        case read
        case rename
        case remove
        case lock
    }

    /// The system refused; `errno` says why.
    case system(operation: Operation, path: String, errno: Errno)
    /// Another holder has the lock.
    case locked(path: String)
    /// A folder, a pipe or a device.
    case notRegular(path: String)
    case tooShort(path: String, got: Int, minimum: Int)
    case outOfBounds(path: String, offset: Int, count: Int, length: Int)
}

/// What the last system call of this thread left; within ``FileError`` the C name is that of the property.
private var lastErrno: Errno { Errno(rawValue: errno) }

extension FileError {
    /// What the last system call of this thread left.
    static func last(_ operation: Operation, _ path: String) -> FileError {
        .system(operation: operation, path: path, errno: lastErrno)
    }

    /// The system's number; nil for what was found out without it.
    package var errno: Errno? {
        if case .system(_, _, let errno) = self { errno } else { nil }
    }

    /// There is no such name, or what should be a folder on the way to it is a file by now.
    package var isMissing: Bool { errno == .noSuchFileOrDirectory || errno == .notDirectory }

    /// What is wrong, without the path.
    package var reason: String {
        switch self {
        case .system(_, _, let errno): errno.description
        case .locked: "another process holds it"
        case .notRegular: "it is not a regular file"
        case .tooShort(_, let got, let minimum): "it has \(got) bytes, expected at least \(minimum)"
        case .outOfBounds(_, let offset, let count, let length):
            "\(count) values at byte \(offset) do not lie, aligned, within its \(length) bytes"
        }
    }
}

extension FileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let operation, let path, let errno): "cannot \(operation.rawValue) \(path): \(errno)"
        case .locked(let path): "\(path) is held by another process"
        case .notRegular(let path): "\(path) is not a regular file"
        case .tooShort(let path, let got, let minimum): "\(path) has \(got) bytes, expected at least \(minimum)"
        case .outOfBounds(let path, let offset, let count, let length):
            "\(count) values at byte \(offset) do not lie, aligned, within the \(length) mapped bytes of \(path)"
        }
    }
}
