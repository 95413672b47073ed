internal import CImages
import Platform

/// A picture that libvips has opened: its header is read, its pixels are not.
struct VipsPicture {
    private let native: sosia_vips_picture

    var width: Int { Int(native.width) }
    var height: Int { Int(native.height) }
    /// EXIF value; 1 when the file names none. Of PNG only where EXIF stands before the pixels.
    var orientation: Int { native.orientation == 0 ? 1 : Int(native.orientation) }
    let profile: [UInt8]?

    /// Copies what the header carries: reading the pixels may replace it.
    private init(_ native: sosia_vips_picture) {
        self.native = native
        profile = Self.copy(native.profile, native.profile_size)
    }

    /// Opens the picture for the length of `body`. With `alone`, other threads wait outside libvips meanwhile.
    static func withPicture<Result>(
        _ bytes: [UInt8], format: PictureFormat, alone: Bool, _ body: (VipsPicture) throws(DecodeError) -> Result
    ) throws(DecodeError) -> Result {
        guard let loader = format.vipsLoader else {
            throw .unsupported(format: format, reason: "libvips has no reader for it")
        }
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Swift.Result<Result, DecodeError> in
            var native = sosia_vips_picture()
            var message = Message()
            let status = message.withPointer {
                sosia_vips_open(loader, buffer.baseAddress, buffer.count, alone ? 1 : 0, &native, $0)
            }
            if let error = DecodeError(status, message: message, library: "libvips", package: "libvips42") {
                return .failure(error)
            }
            defer { sosia_vips_close(&native) }
            let picture = VipsPicture(native)
            return Swift.Result { () throws(DecodeError) in try body(picture) }
        }
        guard case .failure(.damaged) = outcome, format.endsEarly(bytes) else { return try outcome.get() }
        throw .truncated
    }

    /// The rectangle, each block of `shrinkX` by `shrinkY` pixels averaged into one.
    func samples(x: Range<Int>, y: Range<Int>, shrinkX: Int, shrinkY: Int) throws(DecodeError) -> Samples {
        var picture = native
        var pixels: UnsafeMutablePointer<UInt8>?
        var size: (width: Int32, height: Int32, channels: Int32) = (0, 0, 0)
        var message = Message()
        // libvips asks on threads of its own; whether a task is cancelled may be asked on any.
        let status = withUnsafeCurrentTask { task in
            var task = task
            return withUnsafeMutablePointer(to: &task) { task in
                message.withPointer {
                    sosia_vips_read(
                        &picture, Int32(x.lowerBound), Int32(y.lowerBound), Int32(x.count), Int32(y.count),
                        Int32(shrinkX), Int32(shrinkY), { isCancelled($0) }, task, &pixels, &size.width, &size.height,
                        &size.channels, $0)
                }
            }
        }
        if let error = DecodeError(status, message: message, library: "libvips", package: "libvips42") { throw error }
        defer { sosia_vips_free(pixels) }
        let count = Int(size.width) * Int(size.height) * Int(size.channels)
        let bytes = [UInt8](UnsafeBufferPointer(start: pixels, count: pixels == nil ? 0 : count))
        guard
            let samples = Samples(
                width: Int(size.width), height: Int(size.height), channels: Int(size.channels), bytes: bytes)
        else { throw .damaged(reason: "\(size.channels) channels came out") }
        return samples
    }

    private static func copy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
        bytes.map { [UInt8](UnsafeBufferPointer(start: $0, count: count)) }
    }
}

/// Whether the task behind the pointer was cancelled.
private func isCancelled(_ task: UnsafeMutableRawPointer?) -> Int32 {
    task?.assumingMemoryBound(to: UnsafeCurrentTask?.self).pointee?.isCancelled == true ? 1 : 0
}

extension PictureFormat {
    fileprivate var vipsLoader: sosia_vips_loader? {
        switch self {
        case .jpeg: SOSIA_VIPS_JPEG
        case .png: SOSIA_VIPS_PNG
        case .webp: SOSIA_VIPS_WEBP
        case .tiff: SOSIA_VIPS_TIFF
        case .gif: SOSIA_VIPS_GIF
        case .heif, .avif: SOSIA_VIPS_HEIF
        case .bmp: nil
        }
    }
}
