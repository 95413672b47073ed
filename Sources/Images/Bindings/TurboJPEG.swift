internal import CImages
import Platform

/// libturbojpeg: scaled decoding of JPEG, and encoding.
enum TurboJPEG {
    enum Outcome {
        case decoded(Samples, warned: Bool)
        /// A kind of JPEG that this library does not turn into YCbCr planes.
        case declined
        case failed(DecodeError)
    }

    /// How much larger than wanted a reduced decode must be: at exactly the wanted size it would be sharper than the
    /// triangle filter, by up to 3 levels on average in pictures of grass and gravel.
    private static let margin = 1.1

    /// The largest reduction that still leaves more pixels than are wanted. Only powers of two are taken: the library
    /// has no vector code for the scales between, which makes them slower than a full decode.
    static func denominator(for region: SourceRegion) -> Int {
        [8, 4, 2].first { Double($0) * margin <= min(region.x.step, region.y.step) } ?? 1
    }

    static func decode(
        _ bytes: [UInt8], width: Int, height: Int, denominator: Int, region: SourceRegion
    ) -> Outcome {
        guard let x = region.x.native, let y = region.y.native else { return .declined }
        let pixels = region.x.count * region.y.count
        var status = SOSIA_IMAGE_OK
        var channels: Int32 = 0
        var warned: Int32 = 0
        var message = Message()
        let decoded = [UInt8](unsafeUninitializedCapacity: pixels * 3) { out, count in
            status = bytes.withUnsafeBufferPointer { from in
                message.withPointer {
                    sosia_jpeg_decode(
                        from.baseAddress, from.count, Int32(width), Int32(height), Int32(denominator), x, y,
                        out.baseAddress, &channels, &warned, $0)
                }
            }
            count = status == SOSIA_IMAGE_OK ? pixels * Int(channels) : 0
        }
        if status == SOSIA_IMAGE_DECLINED { return .declined }
        if let error = DecodeError(status, message: message, library: "libturbojpeg", package: "libturbojpeg0") {
            return .failed(error)
        }
        guard
            let samples = Samples(
                width: region.x.count, height: region.y.count, channels: Int(channels), bytes: decoded)
        else { return .failed(.damaged(reason: "\(decoded.count) bytes came out")) }
        return .decoded(samples, warned: warned != 0)
    }

    /// - Returns: nil when the library has no memory or refuses the size.
    static func encode(_ rgb: [UInt8], width: Int, height: Int, quality: Int) -> [UInt8]? {
        guard rgb.count == width * height * 3, let width = Int32(exactly: width), let height = Int32(exactly: height)
        else { return nil }
        var out: UnsafeMutablePointer<UInt8>?
        var size = 0
        let status = rgb.withUnsafeBufferPointer {
            sosia_jpeg_encode($0.baseAddress, width, height, Int32(quality), &out, &size)
        }
        guard status == SOSIA_IMAGE_OK, let out else { return nil }
        defer { sosia_jpeg_free(out) }
        return [UInt8](UnsafeBufferPointer(start: out, count: size))
    }
}
