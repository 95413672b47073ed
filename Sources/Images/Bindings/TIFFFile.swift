internal import CImages
import Platform

/// A TIFF that libtiff has opened: its directories are read, its pixels are not.
struct TIFFFile {
    struct Page {
        fileprivate let place: UInt64
        let width: Int
        let height: Int
        /// Nil where the page says nothing.
        let orientation: Orientation?
    }

    /// How many directories are looked at: libtiff reads the places of all strips with each.
    private static let maximumPages = 64

    private let native: UnsafeMutableRawPointer
    /// What the file shows, in its order: neither masks nor copies of reduced size, unless there is nothing else.
    let pages: [Page]

    private init(_ native: UnsafeMutableRawPointer) {
        self.native = native
        let found = [sosia_tiff_page](unsafeUninitializedCapacity: Self.maximumPages) { pages, count in
            count = Int(sosia_tiff_pages(native, pages.baseAddress, Int32(pages.count)))
        }
        let full = found.filter { $0.is_reduced == 0 && $0.is_mask == 0 }
        let main = full.filter { $0.is_child == 0 }
        pages = (main.isEmpty ? full.isEmpty ? found.filter { $0.is_child == 0 } : full : main).map {
            Page(
                place: $0.place, width: Int($0.width), height: Int($0.height),
                orientation: $0.orientation == 0 ? nil : Orientation(exif: Int($0.orientation)))
        }
    }

    /// Opens the file for the length of `body`.
    static func withFile<Result>(
        _ bytes: [UInt8], _ body: (TIFFFile) throws(DecodeError) -> Result
    ) throws(DecodeError) -> Result {
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Swift.Result<Result, DecodeError> in
            var native: UnsafeMutableRawPointer?
            var message = Message()
            let status = message.withPointer { sosia_tiff_open(buffer.baseAddress, buffer.count, &native, $0) }
            if let error = Self.error(status, message) { return .failure(error) }
            guard let native else { return .failure(.outOfMemory) }
            defer { sosia_tiff_close(native) }
            return Swift.Result { () throws(DecodeError) in try body(TIFFFile(native)) }
        }
        guard case .failure(.damaged) = outcome, PictureFormat.tiff.endsEarly(bytes) else { return try outcome.get() }
        throw .truncated
    }

    /// Decodes all of the page.
    /// - Returns: its colour profile, the blocks that are wanted, and whether all of the page is of one colour, if
    ///   `looksForBlank` asks for that.
    func read(
        _ page: Page, _ blocks: BlockReading, looksForBlank: Bool
    ) throws(DecodeError) -> (profile: [UInt8]?, samples: Samples, isBlank: Bool) {
        var channels: Int32 = 0
        var profile: (bytes: UnsafePointer<UInt8>?, count: Int) = (nil, 0)
        var message = Message()
        let chosen = message.withPointer {
            sosia_tiff_choose(native, page.place, &channels, &profile.bytes, &profile.count, $0)
        }
        if let error = Self.error(chosen, message) { throw error }
        let icc = profile.bytes.map { [UInt8](UnsafeBufferPointer(start: $0, count: profile.count)) }
        var plan = sosia_block_plan(
            left: Int32(blocks.x.lowerBound), top: Int32(blocks.y.lowerBound), width: Int32(blocks.x.count),
            height: Int32(blocks.y.count), across: Int32(blocks.shrink.x), down: Int32(blocks.shrink.y))
        let width = (blocks.x.count + blocks.shrink.x - 1) / blocks.shrink.x
        let height = (blocks.y.count + blocks.shrink.y - 1) / blocks.shrink.y
        var isBlank: Int32 = looksForBlank ? 1 : 0
        var status = SOSIA_IMAGE_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: width * height * Int(channels)) { out, count in
            status = message.withPointer { message in
                withStopRequest { sosia_tiff_read(native, &plan, $0, $1, out.baseAddress, &isBlank, message) }
            }
            count = status == SOSIA_IMAGE_OK ? out.count : 0
        }
        if let error = Self.error(status, message) { throw error }
        guard let samples = Samples(width: width, height: height, channels: Int(channels), bytes: bytes) else {
            throw .damaged(reason: "\(channels) channels came out")
        }
        return (icc, samples, isBlank != 0)
    }

    private static func error(_ status: sosia_image_status, _ message: Message) -> DecodeError? {
        guard status != SOSIA_IMAGE_DECLINED else { return .unsupported(format: .tiff, reason: message.text) }
        return DecodeError(status, message: message, library: "libtiff 4.5", package: "libtiff6")
    }
}
