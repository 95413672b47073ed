package import SosiaCore

/// Encoded bytes to upright sRGB pixels of the size that is asked for.
///
/// JPEG goes through libturbojpeg at the smallest scale that is still large enough and is resampled with a triangle
/// filter; TIFF goes through libtiff; other formats, and the kinds of JPEG that libturbojpeg declines, through libvips.
/// Orientation is applied, an embedded colour profile is converted, alpha is laid over white, and of several frames or
/// pages the first that shows something is used. All of a picture is decoded, whatever part of it is wanted.
/// Any number of threads may use a value of this type at once; what they hold together is bounded by its budget.
/// Decoding ends with ``DecodeError/cancelled`` soon after its task is cancelled.
package struct ImageDecoder: Sendable {
    package let limits: DecodeLimits
    let budget: DecodeBudget

    package init(limits: DecodeLimits = .standard, budget: DecodeBudget = .shared) {
        self.limits = limits
        self.budget = budget
    }

    /// The picture, or a part of it, as a network takes it.
    /// - Parameter region: the part of the upright picture to use; whatever lies outside the picture is left
    ///   out. nil uses all of it.
    /// - Returns: exactly `geometry.width` x `geometry.height` pixels.
    /// - Throws: `DecodeError.regionOutside` when nothing of the region lies in the picture.
    package func decode(
        _ bytes: [UInt8], for geometry: InputGeometry, region: PixelRegion? = nil
    ) throws(DecodeError) -> DecodedImage {
        try decode(bytes) { (width, height) throws(DecodeError) in
            try Self.plan(width: width, height: height, for: geometry, region: region)
        }
    }

    static func plan(
        width: Int, height: Int, for geometry: InputGeometry, region: PixelRegion?
    ) throws(DecodeError) -> ResizePlan {
        guard let region else { return try ResizePlan(width: width, height: height, geometry: geometry) }
        guard let part = region.clipped(width: width, height: height) else {
            throw .regionOutside(region, width: width, height: height)
        }
        return try ResizePlan(width: part.width, height: part.height, geometry: geometry)
            .within(width: width, height: height, at: part)
    }

    /// The whole picture in its own proportions, for thumbnails and contact sheets.
    /// - Returns: pixels whose longer side is `maxSide`, or the picture's own size where that is smaller.
    package func decode(_ bytes: [UInt8], maxSide: Int) throws(DecodeError) -> DecodedImage {
        try decode(bytes) { (width, height) throws(DecodeError) in
            try ResizePlan(width: width, height: height, maxSide: maxSide)
        }
    }

    typealias Planning = (_ width: Int, _ height: Int) throws(DecodeError) -> ResizePlan

    private func decode(_ bytes: [UInt8], plan: Planning) throws(DecodeError) -> DecodedImage {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= limits.maximumFileBytes else {
            throw .fileTooLarge(bytes: bytes.count, maximumBytes: limits.maximumFileBytes)
        }
        guard let format = PictureFormat(sniffing: bytes) else {
            throw .notAPicture(beginning: PictureFormat.describe(beginningOf: bytes))
        }
        switch format {
        case .jpeg: return try decodeJPEG(bytes, plan: plan)
        case .bmp: return try decodeBitmap(bytes, plan: plan)
        case .png, .webp, .tiff, .gif, .heif, .avif:
            let metadata = PictureMetadata(MetadataBlocks(of: bytes, format: format))
            return format == .tiff
                ? try decodeTIFF(bytes, metadata: metadata, plan: plan)
                : try decodeWithVips(bytes, format: format, metadata: metadata, plan: plan)
        }
    }

    /// Turns the resized samples into what the caller asked for.
    func finish(
        _ samples: Samples, profile: [UInt8]?, orientation: Orientation, plan: ResizePlan, facts: PictureFacts
    ) throws(DecodeError) -> DecodedImage {
        let upright = try samples.rgb(profile: profile).upright(orientation)
        guard let pixels = upright.placed(on: plan) else {
            throw .damaged(reason: "\(upright.width) x \(upright.height) pixels came out")
        }
        return DecodedImage(pixels: pixels, facts: facts)
    }
}

/// Upright sRGB pixels and what the file says about the whole picture.
package struct DecodedImage: Sendable, Equatable {
    package let pixels: PixelImage
    /// Width and height are those of the whole upright picture, not of `pixels`.
    package let facts: PictureFacts
}

/// Pixels that were cut from a larger picture go through the same filter as those of files.
extension ImageDecoder {
    /// Pixels, or a part of them, as a network takes them.
    /// - Parameter region: see ``decode(_:for:region:)``.
    /// - Returns: exactly `geometry.width` x `geometry.height` pixels.
    /// - Throws: `DecodeError.regionOutside` when nothing of the region lies in the picture.
    package func resized(
        _ pixels: PixelImage, for geometry: InputGeometry, region: PixelRegion? = nil
    ) throws(DecodeError) -> PixelImage {
        try resized(pixels, by: Self.plan(width: pixels.width, height: pixels.height, for: geometry, region: region))
    }

    /// The whole picture in its own proportions.
    /// - Returns: pixels whose longer side is `maxSide`, or the picture itself where that is smaller.
    package func resized(_ pixels: PixelImage, maxSide: Int) throws(DecodeError) -> PixelImage {
        if max(pixels.width, pixels.height) <= maxSide { return pixels }
        return try resized(pixels, by: ResizePlan(width: pixels.width, height: pixels.height, maxSide: maxSide))
    }

    private func resized(_ pixels: PixelImage, by plan: ResizePlan) throws(DecodeError) -> PixelImage {
        let stored = Samples(width: pixels.width, height: pixels.height, channels: 3, bytes: pixels.bytes)
        guard let placed = try stored?.resampled(Orientation.upright.storedRegion(of: plan)).placed(on: plan) else {
            throw .damaged(reason: "\(pixels.width) x \(pixels.height) pixels cannot be resized")
        }
        return placed
    }
}
