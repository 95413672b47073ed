import Foundation
import Sosia
import SosiaCore

/// A picture that a command names: a file, `-` for the bytes of one on standard input, or `id:N`.
enum PictureArgument: Equatable {
    case file(String)
    case standardInput
    case image(ImageID)

    /// - Returns: nil for an `id:` without a number.
    init?(argument: String) {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("id:") {
            guard let id = ImageID(argument: argument) else { return nil }
            self = .image(id)
        } else {
            self = .file(argument)
        }
    }

    /// One of a list: `id:7`, `7` or a path; a file whose name is a number needs a slash, as in `./7`.
    init(listed text: String) {
        self = ImageID(argument: text).map(Self.image) ?? .file(text)
    }

    var isImage: Bool {
        if case .image = self { true } else { false }
    }

    /// The name that messages use.
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
        case .file(let path): .bytes(try InputFile.bytes(path))
        }
    }

    /// What is handed over on standard input: the JSON of `sosia search`, its lines, or one id or path to a line.
    static func list(_ input: Data) -> [PictureArgument] {
        if let hits = hits(input) { return hits }
        return String(decoding: input, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            // Distance, id and path; the id is what counts.
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count >= 3, Double(fields[0]) != nil, let id = ImageID(argument: String(fields[1])) {
                return .image(id)
            }
            return PictureArgument(listed: String(line))
        }
    }
}

extension PictureArgument {
    /// - Returns: nil unless this is the JSON of `sosia search`, which also shows attributes that were kept long ago.
    private static func hits(_ input: Data) -> [PictureArgument]? {
        let tree = try? JSONTree(parsing: [UInt8](input), limits: .stored)
        guard case .array(let hits) = tree?.member("hits")?.node else { return nil }
        let pictures = hits.compactMap { hit -> PictureArgument? in
            guard case .integer(let id) = hit.member("id")?.node else { return nil }
            return .image(ImageID(rawValue: id))
        }
        return pictures.count == hits.count ? pictures : nil
    }
}

/// Loads listed pictures as small images.
struct PictureLoader {
    let collection: Store?
    /// The longer side is at most this many pixels.
    let side: Int
    let decoder = ImageDecoder()

    /// - Returns: nil when the picture is gone or cannot be read.
    func pixels(of picture: PictureArgument) async -> PixelImage? {
        switch picture {
        case .image(let id): await (try? collection?.original(of: id).bytes).flatMap(pixels)
        case .file(let path): (try? InputFile.bytes(path)).flatMap(pixels)
        case .standardInput: nil
        }
    }

    func pixels(of bytes: [UInt8]) -> PixelImage? { try? decoder.decode(bytes, maxSide: side).pixels }
}
