import Foundation

/// An error number of the operating system, with its text.
struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    let code: Int32

    /// The number the last system call of this thread left.
    static var last: SystemError { SystemError(code: errno) }

    /// There is no such name, or what should be a folder on the way to it is a file by now.
    var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    var description: String { String(cString: strerror(code)) }
}

extension SkipReason {
    /// The reason that a failed system call gives.
    init(_ error: SystemError) {
        self =
            switch error.code {
            case EACCES, EPERM: .permissionDenied
            case ENOENT, ENOTDIR: .notFound
            case ELOOP: .linkLoop
            default: .unreadable(code: error.code)
            }
    }
}
