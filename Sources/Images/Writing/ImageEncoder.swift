package import SosiaCore

/// Encodes pixels as the bytes of a file.
package enum ImageEncoder {
    package static let quality = (minimum: 1, standard: 85, maximum: 100)
    /// The longest side that a JPEG can have.
    package static let maximumSide = 65_535

    /// Baseline JPEG with 4:2:0 chroma, by libturbojpeg.
    /// - Parameter quality: moved into 1...100.
    package static func jpeg(
        _ image: PixelImage, quality: Int = quality.standard
    ) throws(EncodeError) -> [UInt8] {
        guard image.width <= maximumSide, image.height <= maximumSide else {
            throw .sideTooLong(width: image.width, height: image.height, maximumSide: maximumSide, path: nil)
        }
        let quality = min(max(quality, Self.quality.minimum), Self.quality.maximum)
        guard
            let bytes = TurboJPEG.encode(
                image.bytes, width: image.width, height: image.height, quality: quality)
        else { throw .outOfMemory }
        return bytes
    }
}

/// Why pixels could not be written to a file.
package enum EncodeError: Error, Hashable, Sendable {
    /// More than the format, or nearly all programs that read it, can have.
    case sideTooLong(width: Int, height: Int, maximumSide: Int, path: String?)
    case outOfMemory
    /// A shared library that this format needs is not installed.
    case libraryMissing(library: String, package: String)
    case unwritable(path: String)
    /// The name ends neither in .png nor in .jpg.
    case unknownEnding(path: String)
}

extension EncodeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sideTooLong(let width, let height, let maximumSide, let path):
            "\(path.map { "\($0) cannot be written: " } ?? "")\(width) x \(height) pixels, the format has at most "
                + "\(maximumSide) a side"
        case .outOfMemory: "out of memory"
        case .libraryMissing(let library, let package): "\(library) is missing: apt-get install \(package)"
        case .unwritable(let path): "\(path) cannot be written"
        case .unknownEnding(let path): "\(path) ends neither in .png nor in .jpg"
        }
    }
}
