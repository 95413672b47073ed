import Crypto
import Foundation
import Images
public import SosiaCore

/// A file's bytes with the stamp they had and the name of their content.
public struct FileContent: Sendable {
    public let bytes: [UInt8]
    public let hash: ContentHash
    public let stamp: ImageSource.Stamp

    /// What the decoder would refuse is not even read.
    public static let maximumBytes = Int64(DecodeLimits.fileBytes.standard)

    /// - Parameter path: absolute, or relative to the working directory.
    public init(reading path: String) throws(SkipReason) {
        (bytes, stamp) = try Self.read(path)
        guard let hash = ContentHash(of: bytes) else { throw .unreadable(code: EIO) }
        self.hash = hash
    }

    /// Only the bytes, for those who need no name of them.
    /// - Parameter path: absolute, or relative to the working directory.
    package static func bytes(reading path: String) throws(SkipReason) -> [UInt8] { try read(path).bytes }

    private static func read(_ path: String) throws(SkipReason) -> (bytes: [UInt8], stamp: ImageSource.Stamp) {
        do {
            let before = try FileStatus(path: path)
            guard before.kind == .file else { throw SkipReason.notARegularFile }
            guard before.stamp.size <= maximumBytes else {
                throw SkipReason.tooLarge(bytes: before.stamp.size, maximum: maximumBytes)
            }
            let bytes = try read(path, expecting: Int(before.stamp.size))
            guard try FileStatus(path: path).stamp == before.stamp, bytes.count == Int(before.stamp.size) else {
                throw SkipReason.changedWhileRead
            }
            return (bytes, before.stamp)
        } catch let error as SystemError {
            throw SkipReason(error)
        } catch let reason as SkipReason {
            throw reason
        } catch {
            throw .unreadable(code: EIO)
        }
    }

    private static func read(_ path: String, expecting size: Int) throws -> [UInt8] {
        // The file may have become a pipe meanwhile, which would keep the program waiting for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SystemError.last }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // One byte more than expected shows a file that grew.
        guard let data = try handle.read(upToCount: size + 1) else { return [] }
        return [UInt8](data)
    }
}

extension ContentHash {
    /// The name of these bytes.
    public init?(of bytes: [UInt8]) {
        self.init(bytes: Array(SHA256.hash(data: bytes)))
    }
}
