import FileSystem
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
    private let file: PendingFile
    private var encoder: Encoder

    /// - Throws: `EncodeError`: `unknownEnding`, `sideTooLong`, `unwritable`, `libraryMissing`
    package init(creating path: String, width: Int, height: Int) throws(EncodeError) {
        let ending = (path as NSString).pathExtension.lowercased()
        file = PendingFile(path)
        if Self.endings.png.contains(ending) {
            encoder = .png(try PNGFile(creating: file.temporary, for: path, width: width, height: height))
        } else if Self.endings.jpeg.contains(ending) {
            let side = ImageEncoder.maximumSide
            guard width <= side, height <= side else {
                throw .sideTooLong(width: width, height: height, maximumSide: side, path: path)
            }
            encoder = .jpeg([])
        } else {
            throw .unknownEnding(path: path)
        }
        self.width = width
        self.height = height
    }

    /// - Parameter rgb: whole rows, three bytes per pixel.
    package func append(_ rgb: [UInt8]) throws(EncodeError) {
        switch encoder {
        case .png(let png): try png.append(rgb)
        case .jpeg(var pixels):
            // Moved out and in again, so that nothing is copied.
            encoder = .jpeg([])
            pixels += rgb
            encoder = .jpeg(pixels)
        }
    }

    /// Completes the file and gives it its name.
    /// - Parameter isSynced: whether the file survives a crash of the machine; those that are made again need not.
    package func finish(quality: Int = ImageEncoder.quality.standard, isSynced: Bool = true) throws(EncodeError) {
        var bytes: [UInt8]?
        switch encoder {
        case .png(let png): try png.finish()
        case .jpeg(let pixels):
            guard let image = PixelImage(width: width, height: height, bytes: pixels) else {
                throw .unwritable(path: file.path)
            }
            bytes = try ImageEncoder.jpeg(image, quality: quality)
        }
        do throws(FileError) {
            if let bytes {
                try DurableFile.write(bytes.span.bytes, to: file.path, isSynced: isSynced)
            } else {
                try file.complete(isSynced: isSynced)
            }
        } catch {
            throw .unwritable(path: file.path)
        }
    }
}

extension PixelImage {
    /// Writes the picture as PNG or JPEG, as the name says.
    /// - Parameter isSynced: see ``PictureFileWriter/finish(quality:isSynced:)``.
    /// - Throws: `EncodeError`
    package func write(to path: String, isSynced: Bool = true) throws(EncodeError) {
        let file = try PictureFileWriter(creating: path, width: width, height: height)
        try file.append(bytes)
        try file.finish(isSynced: isSynced)
    }
}
