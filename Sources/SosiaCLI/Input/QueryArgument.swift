import ArgumentParser
import Foundation
import Sosia

/// What `sosia search` looks for: a picture file, `-` for the bytes of one on standard input, or `id:N`.
enum QueryArgument: Equatable {
    case file(String)
    case standardInput
    case image(ImageID)

    init?(argument: String) {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("id:") {
            guard let number = Int64(argument.dropFirst(3)), number > 0 else { return nil }
            self = .image(ImageID(rawValue: number))
        } else {
            self = .file(argument)
        }
    }

    /// As messages name it.
    var name: String {
        switch self {
        case .image(let id): "id:\(id)"
        case .standardInput: "-"
        case .file(let path): path
        }
    }

    /// The bytes of a file or of standard input; a picture of the collection is left to the collection.
    func source() throws -> PictureExample.Source {
        switch self {
        case .image(let id): .image(id)
        case .standardInput: .bytes([UInt8](try StandardInput.bytes()))
        case .file(let path): .bytes(try PictureFile.bytes(path))
        }
    }
}
