import SosiaCore

extension ImageDecoder {
    func decodeJPEG(_ bytes: [UInt8], plan: Planning) throws(DecodeError) -> DecodedImage {
        let header = try JPEGHeader(bytes)
        do {
            return try decodeJPEG(bytes, header, mayWarn: true, plan: plan)
        } catch .truncated where header.hasAllScans(bytes) {
            // With the end marker that it lacks, a file that has every pixel is decoded without a word.
            do {
                return try decodeJPEG(bytes + [0xff, 0xd9], header, mayWarn: false, plan: plan)
            } catch .damaged {
                throw .truncated
            }
        }
    }

    private func decodeJPEG(
        _ bytes: [UInt8], _ header: JPEGHeader, mayWarn: Bool, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        try limits.check(width: header.width, height: header.height, of: .jpeg)
        let maximumScans = DecodeLimits.scans(width: header.width, height: header.height)
        let scans =
            header.hasScans ? JPEGHeader.body(of: bytes, from: header.bodyStart, limit: maximumScans).scans : 1
        guard scans <= maximumScans else { throw .tooManyScans(maximum: maximumScans) }
        guard header.isCommon else {
            // libvips does not say what libjpeg warns of.
            guard mayWarn else { throw .truncated }
            return try decodeWithVips(bytes, format: .jpeg, plan: plan)
        }

        let exif = header.exif.map { EXIFBlock(bytes, in: $0) }
        let orientation = Orientation(exif: exif?.orientation ?? 1)
        let size = orientation.upright(width: header.width, height: header.height)
        let resize = try plan(size.width, size.height)
        let region = orientation.storedRegion(of: resize)
        let denominator = TurboJPEG.denominator(for: region)
        // Of one scan, only the reduced pixels are held.
        let held = header.width * header.height / (header.hasScans ? 1 : denominator * denominator)
        let result = try budget.holding(held) { () throws(DecodeError) in
            TurboJPEG.decode(
                bytes, width: header.width, height: header.height, denominator: denominator, region: region)
        }
        switch result {
        case .declined:
            guard mayWarn else { throw .truncated }
            return try decodeWithVips(bytes, format: .jpeg, plan: plan)
        case .failed(let error):
            throw error
        case .decoded(let samples, let warned):
            // The library reports its first warning only; behind a harmless one the file may still end early.
            if warned, !(mayWarn && JPEGHeader.body(of: bytes, from: header.bodyStart).isClosed) { throw .truncated }
            return try finish(
                samples, profile: header.profile(in: bytes), orientation: orientation, plan: resize,
                facts: PictureFacts(format: .jpeg, width: size.width, height: size.height, exif: exif))
        }
    }
}

extension ImageDecoder {
    func decodeBitmap(_ bytes: [UInt8], plan: Planning) throws(DecodeError) -> DecodedImage {
        let bitmap = try BitmapFile(bytes)
        try limits.check(width: bitmap.width, height: bitmap.height, of: .bmp)
        let resize = try plan(bitmap.width, bitmap.height)
        let samples = try budget.holding(bitmap.width * bitmap.height) { () throws(DecodeError) in
            try bitmap.samples(of: bytes).resampled(Orientation.upright.storedRegion(of: resize))
        }
        return try finish(
            samples, profile: bitmap.profile, orientation: .upright, plan: resize,
            facts: PictureFacts(format: .bmp, width: bitmap.width, height: bitmap.height, exif: nil))
    }
}

extension ImageDecoder {
    func decodeWithVips(
        _ bytes: [UInt8], format: PictureFormat, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        do {
            return try decodeWithVips(bytes, format: format, alone: false, plan: plan)
        } catch .damaged {
            // libvips has one error text for the whole process: a second look, alone, gets this picture's own.
            return try decodeWithVips(bytes, format: format, alone: true, plan: plan)
        }
    }

    private func decodeWithVips(
        _ bytes: [UInt8], format: PictureFormat, alone: Bool, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        try VipsPicture.withPicture(bytes, format: format, alone: alone) { (picture) throws(DecodeError) in
            try limits.check(width: picture.width, height: picture.height, of: format)
            let exif = picture.exif.map { EXIFBlock($0) }
            // For HEIF and AVIF the container's own turn is already applied and EXIF's must not be added to it.
            let orientation = Orientation(exif: picture.orientation)
            let size = orientation.upright(width: picture.width, height: picture.height)
            let resize = try plan(size.width, size.height)
            let region = orientation.storedRegion(of: resize)
            // Whole blocks are averaged while the file streams by; the filter does the last factor of 2 to 3.
            let shrink = (x: max(Int(region.x.step / 2), 1), y: max(Int(region.y.step / 2), 1))
            let reach = (x: region.x.reach, y: region.y.reach)
            let coarse = try budget.holding(picture.width * picture.height) { () throws(DecodeError) in
                try picture.samples(x: reach.x, y: reach.y, shrinkX: shrink.x, shrinkY: shrink.y)
            }
            let profile = picture.profile
            let samples = try (profile == nil ? coarse.withoutInks() : coarse).resampled(
                SourceRegion(
                    x: region.x.reduced(dropped: reach.x.lowerBound, shrink: shrink.x, source: coarse.width),
                    y: region.y.reduced(dropped: reach.y.lowerBound, shrink: shrink.y, source: coarse.height)))
            return try finish(
                samples, profile: profile, orientation: orientation, plan: resize,
                facts: PictureFacts(format: format, width: size.width, height: size.height, exif: exif))
        }
    }
}
