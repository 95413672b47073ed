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
        let metadata = PictureMetadata(header.metadata)
        guard header.isCommon else {
            // libvips does not say what libjpeg warns of.
            guard mayWarn else { throw .truncated }
            return try decodeWithVips(bytes, format: .jpeg, metadata: metadata, plan: plan)
        }
        let orientation = Orientation(exif: metadata.orientation ?? 1)
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
            return try decodeWithVips(bytes, format: .jpeg, metadata: metadata, plan: plan)
        case .failed(let error):
            throw error
        case .decoded(let samples, let warned):
            // The library reports its first warning only; behind a harmless one the file may still end early.
            if warned, !(mayWarn && JPEGHeader.body(of: bytes, from: header.bodyStart).isClosed) { throw .truncated }
            return try finish(
                samples, profile: header.profile(in: bytes), orientation: orientation, plan: resize,
                facts: PictureFacts(format: .jpeg, width: size.width, height: size.height, metadata: metadata))
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
            facts: PictureFacts(format: .bmp, width: bitmap.width, height: bitmap.height, metadata: nil))
    }
}

extension ImageDecoder {
    func decodeTIFF(
        _ bytes: [UInt8], metadata: PictureMetadata, plan: Planning
    ) throws(DecodeError) -> DecodedImage {
        try TIFFFile.withFile(bytes) { (file) throws(DecodeError) in
            let first = try decodePage(0, of: file, metadata, plan: plan)
            return try firstThatShows(
                first, of: file.pages.count,
                // Sides are whatever the file says.
                cost: { min(file.pages[$0].width, 1 << 20) * min(file.pages[$0].height, 1 << 20) }
            ) { (number) throws(DecodeError) in
                try decodePage(number, of: file, metadata, plan: plan)
            }
        }
    }

    private func decodePage(
        _ number: Int, of file: TIFFFile, _ metadata: PictureMetadata, plan: Planning
    ) throws(DecodeError) -> DecodedFrame {
        let page = file.pages[number]
        try limits.check(width: page.width, height: page.height, of: .tiff)
        // That of the page which is read; metadata are those of the first.
        let orientation = page.orientation ?? Orientation(exif: metadata.orientation ?? 1)
        let size = orientation.upright(width: page.width, height: page.height)
        let resize = try plan(size.width, size.height)
        let blocks = BlockReading(orientation.storedRegion(of: resize))
        let read = try budget.holding(page.width * page.height) { () throws(DecodeError) in
            try file.read(page, blocks, looksForBlank: file.pages.count > 1)
        }
        let image = try finish(
            blocks.resampled(read.samples, profile: read.profile), profile: read.profile,
            orientation: orientation, plan: resize,
            facts: PictureFacts(format: .tiff, width: size.width, height: size.height, metadata: metadata))
        return DecodedFrame(image: image, isBlank: read.isBlank)
    }
}
