import SosiaCore

/// One of several pictures in a file.
struct DecodedFrame {
    let image: DecodedImage
    /// Whether it is of one colour.
    let isBlank: Bool
}

extension ImageDecoder {
    /// The first of several frames or pages that shows something; the very first when none does.
    ///
    /// A frame is drawn upon those before it, so looking for one costs the square of their number: what is bounded is
    /// the pixels of all of that. Those that cannot be read show nothing.
    func firstThatShows(
        _ first: DecodedFrame, of count: Int, _ decode: (_ number: Int) throws(DecodeError) -> DecodedFrame
    ) throws(DecodeError) -> DecodedImage {
        guard first.isBlank else { return first.image }
        let area = first.image.facts.width * first.image.facts.height
        var pixels = area
        for number in 1..<max(count, 1) {
            pixels += (number + 1) * area
            guard pixels <= DecodeLimits.scannedPixels else { break }
            do {
                let frame = try decode(number)
                if !frame.isBlank { return frame.image }
            } catch .cancelled {
                throw .cancelled
            } catch {
                continue
            }
        }
        return first.image
    }
}
