internal import CGDAL
internal import SosiaCore

extension RasterHandle {
    /// One RGB pixel for each of the area, and for each whether it shows nothing.
    /// - Parameters:
    ///   - rgb: Has room for three bytes a pixel.
    ///   - empty: Has room for one byte a pixel.
    func read(
        _ area: PixelWindow, _ rule: PixelRule, _ emptiness: TileOptions.EmptinessRule,
        rgb: UnsafeMutablePointer<UInt8>,
        empty: UnsafeMutablePointer<UInt8>
    ) -> RasterError? {
        if let error = read(
            area, width: area.width, height: area.height, rule, emptiness, resampling: .nearest, rgb: rgb,
            empty: empty)
        {
            return error
        }
        let kinds = emptiness.kinds
        if kinds.contains(.mask), rule.hasMask, let error = addMask(of: rule.shown[0], area, to: empty) {
            return error
        }
        if kinds.contains(.nodata), rule.hasNodataMask, let error = addMask(of: rule.shown[0], area, to: empty) {
            return error
        }
        guard kinds.contains(.alpha), let alpha = rule.alpha else { return nil }
        return add(area, to: empty) { samples in
            read(
                area, width: area.width, height: area.height, bands: [alpha], asFloats: false, resampling: .nearest,
                into: samples)
        }
    }

    /// Bytes of the raster that are scaled at once.
    private static let scaledBytes = 16 << 20

    /// What becomes these of `height` rows of a scaled area: whole pixels, and the exact edges.
    private static func rows(
        _ rows: Range<Int>, of height: Int, _ area: PixelWindow
    ) -> (part: PixelWindow, edges: ClosedRange<Double>) {
        let scale = Double(area.height) / Double(height)
        let top = Double(area.y) + Double(rows.lowerBound) * scale
        let bottom = Double(area.y) + Double(rows.upperBound) * scale
        let first = max(Int(top.rounded(.down)), area.y)
        let last = min(Int(bottom.rounded(.up)), area.y + area.height)
        let part = PixelWindow(x: area.x, y: first, width: area.width, height: max(last - first, 1))
        return (part, top...bottom)
    }

    /// The area, scaled. A large one is read in parts; a task that was cancelled stops between two.
    func scaled(
        _ area: PixelWindow, width: Int, height: Int, _ rule: PixelRule
    ) throws(RasterError) -> PixelImage {
        let pixels = width * height
        var error: RasterError?
        // The numbers of a palette have no mean.
        let resampling: Resampling =
            if !rule.palette.isEmpty { .nearest } else if width < area.width || height < area.height { .average } else {
                .bilinear
            }
        // The library scales band after band. With few rows at a time, blocks that hold all bands are still decoded for
        // the second one.
        let step =
            resampling == .average ? max(Self.scaledBytes / area.width * height / area.height / 4, 1) : height
        var empty = [UInt8](repeating: 0, count: pixels)
        let bytes = [UInt8](unsafeUninitializedCapacity: pixels * 3) { out, written in
            empty.withUnsafeMutableBufferPointer { empty in
                guard let rgb = out.baseAddress, let empty = empty.baseAddress else { return }
                var row = 0
                while row < height, error == nil {
                    if Task.isCancelled {
                        error = .cancelled
                        break
                    }
                    let rows = row..<min(row + step, height)
                    let (part, edges) = Self.rows(rows, of: height, area)
                    error = read(
                        part, width: width, height: rows.count, rule, TileOptions.EmptinessRule(kinds: []),
                        resampling: resampling, edges: edges, rgb: rgb + row * width * 3, empty: empty + row * width)
                    row = rows.upperBound
                }
                written = error == nil ? pixels * 3 : 0
            }
        }
        if let error { throw error }
        guard let image = PixelImage(width: width, height: height, bytes: bytes) else { throw .outOfMemory }
        return image
    }

    /// Samples of an area as numbers, without those that are nothing or black.
    func values(
        _ area: PixelWindow, width: Int, height: Int, _ rule: PixelRule
    ) -> [Float] {
        let pixels = width * height
        var samples = [Float](repeating: 0, count: pixels * rule.shown.count)
        var rgb = [UInt8](repeating: 0, count: pixels * 3)
        var empty = [UInt8](repeating: 0, count: pixels)
        let error = samples.withUnsafeMutableBytes {
            read(
                area, width: width, height: height, bands: rule.shown, asFloats: true, resampling: .nearest,
                into: $0.baseAddress)
        }
        guard error == nil else { return [] }
        var native = rule.native(.standard)
        sosia_pixels_from_floats(samples, pixels, &native, &rgb, &empty)
        return samples.indices.filter { empty[$0 / rule.shown.count] == 0 && samples[$0].isFinite }.map { samples[$0] }
    }

    private func read(
        _ area: PixelWindow, width: Int, height: Int, _ rule: PixelRule, _ emptiness: TileOptions.EmptinessRule,
        resampling: Resampling, edges: ClosedRange<Double>? = nil, rgb: UnsafeMutablePointer<UInt8>,
        empty: UnsafeMutablePointer<UInt8>
    ) -> RasterError? {
        let pixels = width * height
        let count = rule.shown.count
        return rule.palette.withUnsafeBufferPointer { palette in
            var native = rule.native(emptiness)
            native.palette = palette.baseAddress
            if rule.isPlain {
                let error = read(
                    area, width: width, height: height, bands: rule.shown, asFloats: false, resampling: resampling,
                    edges: edges, into: rgb)
                if error == nil { sosia_pixels_from_bytes(rgb, pixels, &native, rgb, empty) }
                return error
            }
            let samples = UnsafeMutableRawBufferPointer.allocate(
                byteCount: pixels * count * (rule.isBytes ? 1 : MemoryLayout<Float>.stride),
                alignment: MemoryLayout<Float>.alignment)
            defer { samples.deallocate() }
            let error = read(
                area, width: width, height: height, bands: rule.shown, asFloats: !rule.isBytes,
                resampling: resampling, edges: edges, into: samples.baseAddress)
            if error != nil { return error }
            if rule.isBytes {
                sosia_pixels_from_bytes(
                    samples.assumingMemoryBound(to: UInt8.self).baseAddress, pixels, &native, rgb, empty)
            } else {
                sosia_pixels_from_floats(
                    samples.assumingMemoryBound(to: Float.self).baseAddress, pixels, &native, rgb, empty)
            }
            return nil
        }
    }

    private func addMask(of band: Int, _ area: PixelWindow, to empty: UnsafeMutablePointer<UInt8>) -> RasterError? {
        add(area, to: empty) { readMask(band, area, width: area.width, height: area.height, into: $0) }
    }

    private func add(
        _ area: PixelWindow, to empty: UnsafeMutablePointer<UInt8>,
        _ fill: (UnsafeMutablePointer<UInt8>) -> RasterError?
    ) -> RasterError? {
        let pixels = area.width * area.height
        let mask = UnsafeMutablePointer<UInt8>.allocate(capacity: pixels)
        defer { mask.deallocate() }
        if let error = fill(mask) { return error }
        sosia_pixels_mask(mask, pixels, empty)
        return nil
    }
}

extension PixelRule {
    /// Without the palette, which is not copied.
    fileprivate func native(_ emptiness: TileOptions.EmptinessRule) -> sosia_pixel_rule {
        var native = sosia_pixel_rule()
        native.channels = Int32(clamping: shown.count)
        native.is_scaled = range == nil ? 0 : 1
        native.low = range?.lowerBound ?? 0
        native.high = range?.upperBound ?? 255
        native.palette_count = Int32(clamping: palette.count / 4)
        let values = nodata.map { $0.map(Self.float) }
        let all = (0..<3).map { values.indices.contains($0) ? values[$0] : nil }
        native.has_nodata = (all[0] == nil ? 0 : 1, all[1] == nil ? 0 : 1, all[2] == nil ? 0 : 1)
        native.nodata = (all[0] ?? 0, all[1] ?? 0, all[2] ?? 0)
        native.kinds = emptiness.kinds.reduce(0) { $0 | $1.native }
        native.black_level = Int32(emptiness.blackLevel)
        return native
    }

    /// As the library turns doubles into floats: beyond the largest one is the largest one.
    private static func float(_ value: Double) -> Float {
        let nearest = Float(value)
        guard nearest.isInfinite, value.isFinite else { return nearest }
        return value < 0 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude
    }
}

extension TileOptions.EmptinessRule.Kind {
    fileprivate var native: Int32 {
        switch self {
        case .black: Int32(SOSIA_EMPTY_BLACK)
        case .nodata: Int32(SOSIA_EMPTY_NODATA)
        case .alpha: Int32(SOSIA_EMPTY_ALPHA)
        case .mask: 0
        }
    }
}
