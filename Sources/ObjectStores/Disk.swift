import Foundation
import SosiaCore

/// What has to happen to files so that they survive a crash, and what failures mean.
enum Disk {
    /// Makes an empty file that was not there.
    static func create(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw POSIXError.last }
        close(descriptor)
    }

    static func rename(_ path: String, to destination: String) throws {
        guard Foundation.rename(path, destination) == 0 else { throw POSIXError.last }
    }

    /// Makes the names in a folder durable.
    static func synchronize(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError.last }
        defer { close(descriptor) }
        // Some file systems do not know fsync for folders and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw POSIXError.last }
    }

    static func error(_ error: any Error, store: String) -> ObjectStoreError {
        if let error = error as? ObjectStoreError { return error }
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = (error as? POSIXError)?.code ?? underlying.flatMap { POSIXErrorCode(rawValue: Int32($0.code)) }
        return switch code {
        case .ENOSPC, .EDQUOT: .full(store: store)
        case .EROFS, .EACCES, .EPERM: .readOnly(store: store)
        case .some(let code): .failed(store: store, reason: String(cString: strerror(code.rawValue)))
        case nil: .failed(store: store, reason: error.localizedDescription)
        }
    }
}

extension POSIXError {
    /// The number that the last system call of this thread left.
    static var last: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
