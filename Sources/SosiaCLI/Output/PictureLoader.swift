import Foundation
import Sosia

/// The pixels of pictures of a list, small.
struct PictureLoader {
    let collection: Store?
    /// The longer side at most, in pixels.
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
        case .file(let path): (try? PictureFile.bytes(path)).flatMap(pixels)
        }
    }

    func pixels(of bytes: [UInt8]) -> PixelImage? { try? decoder.decode(bytes, maxSide: side).pixels }
}
