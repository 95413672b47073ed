import FileSystem
import Foundation
import Sosia

/// The bytes of a query picture.
enum PictureFile {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: SkipReason

        var description: String { "\(path): \(reason)" }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        do throws(SkipReason) {
            return try FileContent(reading: AbsolutePath.of(path)).bytes
        } catch {
            throw Unreadable(path: path, reason: error)
        }
    }
}
