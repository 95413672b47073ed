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
    /// What is bounded is the pixels that looking for one takes. Those that cannot be read show nothing.
    /// - Parameter cost: pixels, or bytes, that a frame takes.
    func firstThatShows(
        _ first: DecodedFrame, of count: Int, cost: (_ number: Int) -> Int,
        _ decode: (_ number: Int) throws(DecodeError) -> DecodedFrame
    ) throws(DecodeError) -> DecodedImage {
        guard first.isBlank else { return first.image }
        var pixels = 0
        for number in 1..<max(count, 1) {
            pixels += cost(number)
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

extension DecodedFrame {
    /// Pixels that a later frame of an animation takes: it is drawn upon all those before it.
    func animationCost(_ number: Int) -> Int { (number + 1) * image.facts.width * image.facts.height }
}
