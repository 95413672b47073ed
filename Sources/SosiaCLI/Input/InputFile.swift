import FileSystem
import Foundation
import Sosia

/// The bytes of a file that a command line names: a picture, or an area.
enum InputFile {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path): \(reason)" }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        do throws(SkipReason) {
            return try FileContent.bytes(reading: AbsolutePath.of(path))
        } catch {
            throw Unreadable(path: path, reason: error.description)
        }
    }
}

/// What a command reads from standard input.
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

    /// - Parameter nulSeparated: paths end with a NUL byte, otherwise with a line break.
    static func paths(nulSeparated: Bool) throws(Failure) -> [String] {
        try bytes()
            .split(separator: nulSeparated ? 0 : UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
