import Crypto
import FileSystem
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
            // One byte more than expected shows a file that grew.
            bytes = try FileReader.bytes(of: path, maximum: Int(before.stamp.size) + 1)
            stamp = ImageSource.Stamp(before.stamp)
            let after = ImageSource.Stamp(try FileStatus(path: path).stamp)
            guard after.isSameFile(as: stamp), bytes.count == Int(stamp.size) else {
                throw SkipReason.changedWhileRead
            }
        } catch let error as FileError {
            throw SkipReason(error)
        } catch let reason as SkipReason {
            throw reason
        } catch {
            throw .unreadable(code: EIO)
        }
        guard let hash = ContentHash(of: bytes) else { throw .unreadable(code: EIO) }
        self.hash = hash
    }
}

extension ContentHash {
    /// The name of these bytes.
    public init?(of bytes: [UInt8]) {
        self.init(bytes: Array(SHA256.hash(data: bytes)))
    }
}
