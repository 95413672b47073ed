import Foundation
import Sosia
import SosiaCore

/// A picture named in a list, by its id or its file.
enum ListedPicture: Equatable {
    case image(ImageID)
    case file(String)

    /// `id:7`, `7` or a path; a file whose name is a number needs a slash, as in `./7`.
    init(_ text: String) {
        self = ImageID(argument: text).map(Self.image) ?? .file(text)
    }

    var isImage: Bool {
        if case .image = self { true } else { false }
    }

    var name: String {
        switch self {
        case .image(let id): "id:\(id)"
        case .file(let path): path
        }
    }

    /// What is handed over on standard input: the JSON of `sosia search`, its lines, or one id or path to a line.
    static func list(_ input: Data) -> [ListedPicture] {
        if let hits = hits(input) { return hits }
        return String(decoding: input, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            // Distance, id and path; the id is what counts.
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count >= 3, Double(fields[0]) != nil, let id = ImageID(argument: String(fields[1])) {
                return .image(id)
            }
            return ListedPicture(String(line))
        }
    }
}

extension ListedPicture {
    /// - Returns: nil unless this is the JSON of `sosia search`, which also shows attributes that were kept long ago.
    private static func hits(_ input: Data) -> [ListedPicture]? {
        let tree = try? JSONTree(parsing: [UInt8](input), limits: .stored)
        guard case .array(let hits) = tree?.member("hits")?.node else { return nil }
        let pictures = hits.compactMap { hit -> ListedPicture? in
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
    private let decoder = ImageDecoder()

    init(collection: Store?, side: Int) {
        self.collection = collection
        self.side = side
    }

    /// - Returns: nil when the picture is gone or cannot be read.
    func pixels(of picture: ListedPicture) async -> PixelImage? {
        switch picture {
        case .image(let id): await (try? collection?.original(of: id).bytes).flatMap(pixels)
        case .file(let path): (try? InputFile.bytes(path)).flatMap(pixels)
        }
    }

    /// - Returns: nil when the picture is gone or cannot be read.
    func pixels(of record: ImageRecord) async -> PixelImage? {
        await (try? collection?.original(of: record.id).bytes).flatMap(pixels)
    }

    func pixels(of bytes: [UInt8]) -> PixelImage? { try? decoder.decode(bytes, maxSide: side).pixels }
}
