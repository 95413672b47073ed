internal import CImages

extension SourceAxis {
    /// - Returns: nil when a number does not fit the C side.
    var native: sosia_axis? {
        guard let source = Int32(exactly: source), let count = Int32(exactly: count) else { return nil }
        return sosia_axis(start: start, step: step, source_size: source, count: count)
    }
}

extension Samples {
    /// Triangle filter over the region, see `sosia_resample`.
    func resampled(_ region: SourceRegion) throws(DecodeError) -> Samples {
        guard let x = region.x.native, let y = region.y.native, region.x.source == width, region.y.source == height
        else { throw .damaged(reason: "\(width) x \(height) pixels came out") }
        var status = SOSIA_IMAGE_OK
        let resized = [UInt8](unsafeUninitializedCapacity: region.x.count * region.y.count * channels) { out, count in
            status = bytes.withUnsafeBufferPointer {
                sosia_resample($0.baseAddress, width * channels, Int32(channels), x, y, out.baseAddress)
            }
            count = status == SOSIA_IMAGE_OK ? out.count : 0
        }
        guard status != SOSIA_IMAGE_NO_MEMORY else { throw .outOfMemory }
        guard
            let samples = Samples(
                width: region.x.count, height: region.y.count, channels: channels, bytes: resized)
        else { throw .damaged(reason: "\(width) x \(height) pixels cannot be resized") }
        return samples
    }

    /// Inks of no known profile to light; anything else as it is.
    func withoutInks() -> Samples {
        channels == 4 ? mapped { sosia_cmyk_to_rgb($0, $1, $2) } : self
    }

    /// sRGB by the embedded profile, or by what the channels mean without one.
    func rgb(profile: [UInt8]?) throws(DecodeError) -> Samples {
        if let profile, let transform = try ProfileCache.shared.transform(for: profile, channels: channels) {
            if !transform.isIdentity { return mapped { transform.apply($0, $1, $2) } }
        }
        switch channels {
        case 1: return mapped { sosia_grey_to_rgb($0, $1, $2) }
        case 4: return withoutInks()
        default: return self
        }
    }

    /// The picture as it is looked at; RGB only.
    func upright(_ orientation: Orientation) -> Samples {
        guard orientation != .upright, channels == 3 else { return self }
        let size = orientation.upright(width: width, height: height)
        let turned = mapped { from, to, _ in
            sosia_orient_rgb(from, Int32(width), Int32(height), Int32(orientation.rawValue), to)
        }
        return Samples(width: size.width, height: size.height, channels: 3, bytes: turned.bytes) ?? self
    }

    /// `fill` writes all three bytes of every pixel.
    private func mapped(
        _ fill: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int) -> Void
    ) -> Samples {
        let pixels = width * height
        let rgb = [UInt8](unsafeUninitializedCapacity: pixels * 3) { out, count in
            bytes.withUnsafeBufferPointer { from in
                guard let from = from.baseAddress, let to = out.baseAddress else { return }
                fill(from, to, pixels)
                count = pixels * 3
            }
        }
        return Samples(width: width, height: height, channels: 3, bytes: rgb) ?? self
    }
}
