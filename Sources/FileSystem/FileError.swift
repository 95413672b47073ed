internal import Foundation
public import SystemPackage

/// Why an operation on a file failed.
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
    /// The lock is already held.
    case locked(path: String)
    /// It is a folder, a pipe or a device.
    case notRegular(path: String)
    /// A link leads out of the folders that may be read.
    case outside(path: String)
    case tooShort(path: String, got: Int, minimum: Int)
    case outOfBounds(path: String, offset: Int, count: Int, length: Int)
}

/// The error of this thread's last system call; within ``FileError``, `errno` means the property.
private var lastErrno: Errno { Errno(rawValue: errno) }

extension FileError {
    /// The error of this thread's last system call.
    static func last(_ operation: Operation, _ path: String) -> FileError {
        .system(operation: operation, path: path, errno: lastErrno)
    }

    /// The system's error number; nil for errors that did not come from the system.
    package var errno: Errno? {
        if case .system(_, _, let errno) = self { errno } else { nil }
    }

    /// There is no such file, or a parent folder is a file.
    package var isMissing: Bool { errno == .noSuchFileOrDirectory || errno == .notDirectory }

    /// What is wrong, without the path.
    package var reason: String {
        switch self {
        case .system(_, _, let errno): errno.description
        case .locked: "another process holds it"
        case .notRegular: "it is not a regular file"
        case .outside: "it lies outside of the folders that may be read"
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
        case .outside(let path): "\(path) leads out of the folders that may be read"
        case .tooShort(let path, let got, let minimum): "\(path) has \(got) bytes, expected at least \(minimum)"
        case .outOfBounds(let path, let offset, let count, let length):
            "\(count) values at byte \(offset) do not lie, aligned, within the \(length) mapped bytes of \(path)"
        }
    }
}
