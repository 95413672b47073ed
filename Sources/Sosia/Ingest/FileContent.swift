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
        do {
            let before = try FileStatus(path: path)
            guard before.kind == .file else { throw SkipReason.notARegularFile }
            guard before.stamp.size <= Self.maximumBytes else {
                throw SkipReason.tooLarge(bytes: before.stamp.size, maximum: Self.maximumBytes)
            }
            bytes = try Self.read(path, expecting: Int(before.stamp.size))
            guard try FileStatus(path: path).stamp == before.stamp, bytes.count == Int(before.stamp.size) else {
                throw SkipReason.changedWhileRead
            }
            stamp = before.stamp
        } catch let error as SystemError {
            throw SkipReason(error)
        } catch let reason as SkipReason {
            throw reason
        } catch {
            throw .unreadable(code: EIO)
        }
        guard let hash = ContentHash(of: bytes) else { throw .unreadable(code: EIO) }
        self.hash = hash
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
