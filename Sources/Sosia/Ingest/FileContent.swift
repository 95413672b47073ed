import Crypto
import FileSystem
import Foundation
import Images
public import SosiaCore

/// A file's bytes with the stamp they had and the name of their content.
package struct FileContent: Sendable {
    package let bytes: [UInt8]
    package let hash: ContentHash
    package let stamp: ImageSource.Stamp

    /// What the decoder would refuse is not even read.
    package static let maximumBytes = Int64(DecodeLimits.fileBytes.standard)

    /// - Parameters:
    ///   - path: absolute, or relative to the working directory.
    ///   - roots: folders, without links, one of which must hold the file; nil for any.
    package init(reading path: String, below roots: [String]? = nil) throws(SkipReason) {
        (bytes, stamp) = try Self.read(path, below: roots)
        guard let hash = ContentHash(of: bytes) else { throw .unreadable(code: EIO) }
        self.hash = hash
    }

    /// Only the bytes, for those who need no name of them.
    /// - Parameter path: absolute, or relative to the working directory.
    package static func bytes(reading path: String) throws(SkipReason) -> [UInt8] { try read(path).bytes }

    private static func read(
        _ path: String, below roots: [String]? = nil
    ) throws(SkipReason) -> (bytes: [UInt8], stamp: ImageSource.Stamp) {
        do {
            let before = try FileStatus(path: path)
            guard before.kind == .file else { throw SkipReason.notARegularFile }
            guard before.stamp.size <= maximumBytes else {
                throw SkipReason.tooLarge(bytes: before.stamp.size, maximum: maximumBytes)
            }
            // One byte more than expected shows a file that grew.
            let bytes = try FileReader.bytes(of: path, maximum: Int(before.stamp.size) + 1, below: roots)
            let stamp = ImageSource.Stamp(before.stamp)
            let after = ImageSource.Stamp(try FileStatus(path: path).stamp)
            guard after.isSameFile(as: stamp), bytes.count == Int(stamp.size) else {
                throw SkipReason.changedWhileRead
            }
            return (bytes, stamp)
        } catch let error as FileError {
            throw SkipReason(error)
        } catch let reason as SkipReason {
            throw reason
        } catch {
            throw .unreadable(code: EIO)
        }
    }
}

extension ContentHash {
    /// The name of these bytes.
    public init?(of bytes: [UInt8]) {
        self.init(bytes: Array(SHA256.hash(data: bytes)))
    }
}

extension ImageSource.Stamp {
    /// What a file's status says of it, as the collection keeps it.
    init(_ stamp: FileStamp) {
        self.init(
            size: stamp.size, modified: stamp.modified, changed: stamp.changed, inode: stamp.inode,
            device: stamp.device)
    }
}

/// Files and folders that are not there any more.
enum MissingFile {
    /// - Parameter path: absolute, of this machine.
    static func isMissing(_ path: String) -> Bool {
        do throws(FileError) {
            _ = try FileStatus(path: path)
            return false
        } catch {
            return error.isMissing
        }
    }
}
