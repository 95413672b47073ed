import Foundation
import Sosia

/// What was handed over on standard input.
enum StandardInput {
    enum Failure: Error, CustomStringConvertible {
        case unreadable
        case tooLarge(limit: Int64)

        var description: String {
            switch self {
            case .unreadable: "standard input cannot be read"
            case .tooLarge(let limit): "standard input has more than \(limit) bytes, which is the limit"
            }
        }
    }

    /// All of it, but never more than a picture file may have.
    static func bytes() throws(Failure) -> Data {
        let data: Data
        do {
            data = try FileHandle.standardInput.read(upToCount: Int(FileContent.maximumBytes) + 1) ?? Data()
        } catch {
            throw .unreadable
        }
        guard data.count <= FileContent.maximumBytes else { throw .tooLarge(limit: FileContent.maximumBytes) }
        return data
    }
}
