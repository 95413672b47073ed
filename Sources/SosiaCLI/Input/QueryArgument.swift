import ArgumentParser
import Foundation
import Sosia

/// What `sosia search` looks for: a picture file, `-` for the bytes of one on standard input, or `id:N`.
enum QueryArgument: ExpressibleByArgument {
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
}
