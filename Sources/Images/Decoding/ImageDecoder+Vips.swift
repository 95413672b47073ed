import SosiaCore

extension ImageDecoder {
    func decodeWithVips(
        _ bytes: [UInt8], format: PictureFormat, metadata: PictureMetadata, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        switch format {
        case .gif:
            let gif = GIFFile(bytes)
            return try decodeFrames(
                of: gif.withOpenCanvas(bytes), format: format, metadata, count: gif.frames, plan: plan)
        case .webp:
            return try decodeFrames(of: bytes, format: format, metadata, count: nil, plan: plan)
        case .png:
            return try decodePNG(bytes, metadata, plan: plan)
        default:
            // Several pictures are no animation, and the file says which one is meant.
            return try decodeFrames(of: bytes, format: format, metadata, count: 1, plan: plan)
        }
    }

    /// - Parameter count: nil when libvips counts the frames.
    private func decodeFrames(
        of bytes: [UInt8], format: PictureFormat, _ metadata: PictureMetadata, count: Int?, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        let first = try decodeFrame(0, of: bytes, format: format, metadata, count: count, plan: plan)
        return try firstThatShows(
            first.frame, of: first.count, cost: first.frame.animationCost
        ) { (number) throws(DecodeError) in
            try decodeFrame(number, of: bytes, format: format, metadata, count: count, plan: plan).frame
        }
    }

    private func decodePNG(
        _ bytes: [UInt8], _ metadata: PictureMetadata, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        let animation = AnimatedPNG(bytes)
        let count = 1 + (animation?.count ?? 0)
        let first = try decodeFrame(0, of: bytes, format: .png, metadata, count: count, plan: plan).frame
        return try firstThatShows(
            first, of: count, cost: { first.animationCost($0) + (animation?.commonBytes ?? 0) }
        ) { (number) throws(DecodeError) in
            guard let frame = animation?.frame(number - 1) else { throw .truncated }
            return try decode(frame, upon: first.image, plan: plan)
        }
    }

    /// A frame of an animated PNG, drawn upon the blank one before it.
    private func decode(
        _ frame: AnimatedPNG.Frame, upon blank: DecodedImage, plan: Planning
    ) throws(DecodeError) -> DecodedFrame {
        try VipsPicture.withPicture(frame.bytes, format: .png, alone: false) { (picture) throws(DecodeError) in
            let (width, height) = (blank.facts.width, blank.facts.height)
            guard frame.x <= width - picture.width, frame.y <= height - picture.height else {
                throw .damaged(reason: "a frame lies outside of the picture")
            }
            return try budget.holding(2 * width * height) { () throws(DecodeError) in
                let drawn = try picture.samples(
                    x: 0..<picture.width, y: 0..<picture.height, shrinkX: 1, shrinkY: 1
                ).rgb(profile: nil)
                guard let canvas = drawn.drawn(upon: blank.pixels.middle, width: width, height: height, at: frame)
                else {
                    throw .damaged(reason: "a frame of \(drawn.channels) channels")
                }
                let resize = try plan(width, height)
                let image = try finish(
                    canvas.resampled(Orientation.upright.storedRegion(of: resize)), profile: picture.profile,
                    orientation: .upright, plan: resize, facts: blank.facts)
                return DecodedFrame(image: image, isBlank: canvas.isBlank)
            }
        }
    }

    private func decodeFrame(
        _ number: Int, of bytes: [UInt8], format: PictureFormat, _ metadata: PictureMetadata, count: Int?,
        plan: Planning
    ) throws(DecodeError) -> (frame: DecodedFrame, count: Int) {
        let part: VipsFrame
        do {
            part = try decodePart(of: number, bytes, format: format, metadata, count: count, alone: false, plan: plan)
        } catch .damaged {
            // libvips has one error text for the whole process: a second look, alone, gets this picture's own.
            part = try decodePart(of: number, bytes, format: format, metadata, count: count, alone: true, plan: plan)
        }
        var isBlank = part.looksBlank
        if isBlank {
            isBlank = try VipsPicture.withPicture(
                bytes, format: format, frame: number, alone: false
            ) { (picture) throws(DecodeError) in
                try budget.holding(picture.width * picture.height, picture.isBlank)
            }
        }
        return (DecodedFrame(image: part.image, isBlank: isBlank), part.count)
    }

    /// - Returns: also how many frames there are, and whether what was read of this one has one colour.
    private func decodePart(
        of frame: Int, _ bytes: [UInt8], format: PictureFormat, _ metadata: PictureMetadata, count: Int?, alone: Bool,
        plan: Planning
    ) throws(DecodeError) -> VipsFrame {
        try VipsPicture.withPicture(
            bytes, format: format, frame: frame, alone: alone
        ) { (picture) throws(DecodeError) in
            try limits.check(width: picture.width, height: picture.height, of: format, isDeep: picture.isDeep)
            let orientation = picture.orientation(format: format, metadata: metadata)
            let size = orientation.upright(width: picture.width, height: picture.height)
            let resize = try plan(size.width, size.height)
            let blocks = BlockReading(orientation.storedRegion(of: resize))
            let read = try budget.holding(picture.width * picture.height) { () throws(DecodeError) in
                try picture.samples(x: blocks.x, y: blocks.y, shrinkX: blocks.shrink.x, shrinkY: blocks.shrink.y)
            }
            let profile = picture.profile
            let image = try finish(
                blocks.resampled(read, profile: profile), profile: profile, orientation: orientation, plan: resize,
                facts: PictureFacts(format: format, width: size.width, height: size.height, metadata: metadata))
            let count = count ?? picture.frames
            return (image, count, count > 1 && read.isBlank)
        }
    }

    private typealias VipsFrame = (image: DecodedImage, count: Int, looksBlank: Bool)
}

extension VipsPicture {
    /// How the pixels that come out have to be turned.
    fileprivate func orientation(format: PictureFormat, metadata: PictureMetadata) -> Orientation {
        switch format {
        // The container's own turn is already applied, and EXIF's must not be added to it (ISO/IEC 23008-12, 6.5.10).
        case .heif, .avif: .upright
        default: Orientation(exif: metadata.orientation ?? 1)
        }
    }
}

extension PixelImage {
    /// The pixel in the middle, which is of the picture whatever surrounds that.
    fileprivate var middle: ArraySlice<UInt8> {
        bytes[((height / 2) * width + width / 2) * 3..<((height / 2) * width + width / 2) * 3 + 3]
    }
}

extension Samples {
    fileprivate func drawn(
        upon colour: ArraySlice<UInt8>, width canvasWidth: Int, height canvasHeight: Int, at frame: AnimatedPNG.Frame
    ) -> Samples? {
        guard channels == 3 else { return nil }
        let empty = (0..<canvasWidth).flatMap { _ in colour }
        var canvas: [UInt8] = []
        canvas.reserveCapacity(empty.count * canvasHeight)
        for _ in 0..<canvasHeight { canvas += empty }
        for row in 0..<height {
            let to = ((row + frame.y) * canvasWidth + frame.x) * 3
            canvas.replaceSubrange(to..<to + width * 3, with: bytes[row * width * 3..<(row + 1) * width * 3])
        }
        return Samples(width: canvasWidth, height: canvasHeight, channels: 3, bytes: canvas)
    }
}
