import ArgumentParser
import Sosia
import TinyImages

/// What tiny images are compared with: a picture file, `-` for one on standard input, or `@N` for a position.
enum TinyQuery: Equatable {
    case file(String)
    case standardInput
    case position(Int)

    /// - Throws: `ValidationError` when `@` is not followed by a number.
    init(_ argument: String) throws {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("@") {
            guard let position = Int(argument.dropFirst()), position >= 0 else {
                throw ValidationError("\(Console.printable(argument)) is no position such as @7.")
            }
            self = .position(position)
        } else {
            self = .file(argument)
        }
    }

    /// As it was given.
    var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "-"
        case .position(let position): "@\(position)"
        }
    }

    /// - Throws: `PictureFile.Unreadable` for what is no picture; `TinyImageError`.
    func image(in file: TinyImageFile) throws -> TinyImage {
        let bytes: [UInt8]
        switch self {
        case .position(let position): return try file.record(position)
        case .file(let path): bytes = try PictureFile.bytes(path)
        case .standardInput: bytes = [UInt8](try StandardInput.bytes())
        }
        do {
            return try TinyImage(decoding: bytes)
        } catch {
            throw PictureFile.Unreadable(
                path: self == .standardInput ? "standard input" : Console.oneLine(name), reason: .decoding(error))
        }
    }
}
