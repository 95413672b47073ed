import Foundation
package import SosiaCore

/// Writes a picture row by row, as PNG or JPEG by the file's name. The file gets its name when it is complete.
package final class PictureFileWriter {
    private enum Encoder {
        case png(PNGFile)
        /// All pixels so far: the library takes them at once.
        case jpeg([UInt8])
    }

    /// File name endings for each format.
    package static let endings = (png: ["png"], jpeg: ["jpg", "jpeg"])

    package let width: Int
    package let height: Int
    private let path: String
    private let next: String
    private var encoder: Encoder
    private var isFinished = false

    /// - Throws: `EncodeError`: `unknownEnding`, `sideTooLong`, `unwritable`, `libraryMissing`
    package init(creating path: String, width: Int, height: Int) throws(EncodeError) {
        let ending = (path as NSString).pathExtension.lowercased()
        next = path + ".next"
        if Self.endings.png.contains(ending) {
            encoder = .png(try PNGFile(creating: next, for: path, width: width, height: height))
        } else if Self.endings.jpeg.contains(ending) {
            let side = ImageEncoder.maximumSide
            guard width <= side, height <= side else {
                throw .sideTooLong(width: width, height: height, maximumSide: side, path: path)
            }
            encoder = .jpeg([])
        } else {
            throw .unknownEnding(path: path)
        }
        self.path = path
        self.width = width
        self.height = height
    }

    deinit {
        if !isFinished { unlink(next) }
    }

    /// - Parameter rgb: whole rows, three bytes per pixel.
    package func append(_ rgb: [UInt8]) throws(EncodeError) {
        switch encoder {
        case .png(let file): try file.append(rgb)
        case .jpeg(var pixels):
            // Moved out and in again, so that nothing is copied.
            encoder = .jpeg([])
            pixels += rgb
            encoder = .jpeg(pixels)
        }
    }

    /// Completes the file and gives it its name.
    package func finish(quality: Int = ImageEncoder.quality.standard) throws(EncodeError) {
        switch encoder {
        case .png(let file): try file.finish()
        case .jpeg(let pixels):
            guard let image = PixelImage(width: width, height: height, bytes: pixels) else {
                throw .unwritable(path: path)
            }
            let bytes = try ImageEncoder.jpeg(image, quality: quality)
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: next))
            } catch {
                throw .unwritable(path: path)
            }
        }
        guard rename(next, path) == 0 else { throw .unwritable(path: path) }
        isFinished = true
    }
}

extension PixelImage {
    /// Writes the picture as PNG or JPEG, as the name says.
    /// - Throws: `EncodeError`
    package func write(to path: String) throws(EncodeError) {
        let file = try PictureFileWriter(creating: path, width: width, height: height)
        try file.append(bytes)
        try file.finish()
    }
}
