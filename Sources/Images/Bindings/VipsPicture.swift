internal import CImages
import Platform

/// A picture that libvips has opened: its header is read, its pixels are not.
struct VipsPicture {
    private let native: sosia_vips_picture

    var width: Int { Int(native.width) }
    var height: Int { Int(native.height) }
    /// Of an animation; 1 for a still.
    var frames: Int { max(Int(native.frames), 1) }
    /// Whether its samples have more than eight bits.
    var isDeep: Bool { native.is_deep != 0 }
    let profile: [UInt8]?

    /// Copies what the header carries: reading the pixels may replace it.
    private init(_ native: sosia_vips_picture) {
        self.native = native
        profile = Self.copy(native.profile, native.profile_size)
    }

    /// Opens the picture for the length of `body`. With `alone`, other threads wait outside libvips meanwhile.
    /// - Parameter frame: 0, or one of an animation's.
    static func withPicture<Result>(
        _ bytes: [UInt8], format: PictureFormat, frame: Int = 0, alone: Bool,
        _ body: (VipsPicture) throws(DecodeError) -> Result
    ) throws(DecodeError) -> Result {
        guard let loader = format.vipsLoader else {
            throw .unsupported(format: format, reason: "libvips has no reader for it")
        }
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Swift.Result<Result, DecodeError> in
            var native = sosia_vips_picture()
            var message = Message()
            let status = message.withPointer {
                sosia_vips_open(loader, buffer.baseAddress, buffer.count, Int32(frame), alone ? 1 : 0, &native, $0)
            }
            if let error = DecodeError(status, message: message, library: "libvips", package: "libvips42") {
                return .failure(error)
            }
            defer { sosia_vips_close(&native) }
            let picture = VipsPicture(native)
            return Swift.Result { () throws(DecodeError) in try body(picture) }
        }
        guard case .failure(.damaged(let reason)) = outcome else { return try outcome.get() }
        throw format.endsEarly(bytes) ? .truncated : format.error(for: reason)
    }

    /// The rectangle, each block of `shrinkX` by `shrinkY` pixels averaged into one.
    func samples(x: Range<Int>, y: Range<Int>, shrinkX: Int, shrinkY: Int) throws(DecodeError) -> Samples {
        var picture = native
        var pixels: UnsafeMutablePointer<UInt8>?
        var size: (width: Int32, height: Int32, channels: Int32) = (0, 0, 0)
        var message = Message()
        let status = message.withPointer { message in
            withStopRequest {
                sosia_vips_read(
                    &picture, Int32(x.lowerBound), Int32(y.lowerBound), Int32(x.count), Int32(y.count), Int32(shrinkX),
                    Int32(shrinkY), $0, $1, &pixels, &size.width, &size.height, &size.channels, message)
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

    /// Whether all of the picture is of one colour; it cannot be read any more then.
    func isBlank() throws(DecodeError) -> Bool {
        var picture = native
        var isBlank: Int32 = 0
        var message = Message()
        let status = message.withPointer { sosia_vips_is_blank(&picture, &isBlank, $0) }
        if let error = DecodeError(status, message: message, library: "libvips", package: "libvips42") { throw error }
        return isBlank != 0
    }

    private static func copy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
        bytes.map { [UInt8](UnsafeBufferPointer(start: $0, count: count)) }
    }
}

/// Calls `body` with a function, and its argument, that says whether this task was cancelled: libraries ask on threads of
/// their own.
func withStopRequest<Result>(
    _ body: (@convention(c) (UnsafeMutableRawPointer?) -> Int32, UnsafeMutableRawPointer) -> Result
) -> Result {
    withUnsafeCurrentTask { task in
        var task = task
        return withUnsafeMutablePointer(to: &task) { body({ isCancelled($0) }, $0) }
    }
}

/// Whether the task behind the pointer was cancelled.
private func isCancelled(_ task: UnsafeMutableRawPointer?) -> Int32 {
    task?.assumingMemoryBound(to: UnsafeCurrentTask?.self).pointee?.isCancelled == true ? 1 : 0
}

extension PictureFormat {
    /// What libvips says, without the names of its parts. libheif ends with its codes: 3 and 4 are kinds of file and
    /// features that it does not know (`heif_error_code`).
    fileprivate func error(for reason: String) -> DecodeError {
        let text = reason.trimmingPrefix(/(\w+: )+/)
        guard self == .heif || self == .avif, let code = text.firstMatch(of: /\ \((\d+)\.\d+\)/) else {
            return .damaged(reason: String(text))
        }
        let plain = String(text[..<code.range.lowerBound])
        return ["3", "4"].contains(code.1) ? .unsupported(format: self, reason: plain) : .damaged(reason: plain)
    }

    fileprivate var vipsLoader: sosia_vips_loader? {
        switch self {
        case .jpeg: SOSIA_VIPS_JPEG
        case .png: SOSIA_VIPS_PNG
        case .webp: SOSIA_VIPS_WEBP
        case .gif: SOSIA_VIPS_GIF
        case .heif, .avif: SOSIA_VIPS_HEIF
        case .tiff, .bmp: nil
        }
    }
}
