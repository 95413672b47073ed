internal import CImages
import Platform
public import SosiaCore

/// Why bytes could not be decoded as a picture.
public enum DecodeError: Error, Hashable, Sendable {
    case empty
    /// None of the known formats; `beginning` says what the first bytes are, in printable ASCII.
    case notAPicture(beginning: String)
    /// The bytes end before the picture does.
    case truncated
    case damaged(reason: String)
    /// A known format, but a variant that the installed libraries do not read.
    case unsupported(format: PictureFormat, reason: String)
    case tooLarge(width: Int, height: Int, maximumPixels: Int)
    case sideTooLong(width: Int, height: Int, maximumSide: Int)
    case fileTooLarge(bytes: Int, maximumBytes: Int)
    /// The caller asks for no pixels, or for more than the decoder returns.
    case outputOutOfRange(width: Int, height: Int, maximumSide: Int)
    /// Nothing of the wanted part lies in the upright picture, which has `width` x `height` pixels.
    case regionOutside(PixelRegion, width: Int, height: Int)
    /// A shared library that this format needs is not installed.
    case libraryMissing(library: String, package: String)
    case outOfMemory
    /// A JPEG whose scans over and over its pixels cost more than any camera's or editor's do.
    case tooManyScans(maximum: Int)
    /// The task that wanted the picture was cancelled.
    case cancelled
}

extension DecodeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .notAPicture(let beginning): "not a picture: \(beginning)"
        case .truncated: "the file ends before the picture does"
        case .damaged(let reason): "damaged: \(reason)"
        case .unsupported(let format, let reason): "this kind of \(format.rawValue) is not supported: \(reason)"
        case .tooLarge(let width, let height, let maximumPixels):
            "\(width) x \(height) pixels, at most \(maximumPixels) are read"
        case .sideTooLong(let width, let height, let maximumSide):
            "\(width) x \(height) pixels, at most \(maximumSide) a side are read"
        case .fileTooLarge(let bytes, let maximumBytes): "\(bytes) bytes, at most \(maximumBytes) are read"
        case .outputOutOfRange(let width, let height, let maximumSide):
            "\(width) x \(height) pixels asked for, expected 1 to \(maximumSide) a side"
        case .regionOutside(let region, let width, let height):
            "the region \(region.width) x \(region.height) at \(region.x),\(region.y) has no part of the picture's "
                + "\(width) x \(height) pixels"
        case .libraryMissing(let library, let package):
            "\(library) is missing or too old: apt-get install \(package)"
        case .outOfMemory: "out of memory"
        case .tooManyScans(let maximum): "a JPEG of more than \(maximum) scans; save it anew to have it read"
        case .cancelled: "decoding was cancelled"
        }
    }
}

extension Message {
    init() { self.init(size: Int(SOSIA_IMAGE_MESSAGE_SIZE)) }
}

extension DecodeError {
    /// - Returns: nil when the status is OK.
    init?(_ status: sosia_image_status, message: Message, library: String, package: String) {
        switch status {
        case SOSIA_IMAGE_OK: return nil
        case SOSIA_IMAGE_TRUNCATED: self = .truncated
        case SOSIA_IMAGE_NO_MEMORY: self = .outOfMemory
        case SOSIA_IMAGE_STOPPED: self = .cancelled
        case SOSIA_IMAGE_NO_LIBRARY: self = .libraryMissing(library: library, package: package)
        default: self = .damaged(reason: message.text)
        }
    }
}
