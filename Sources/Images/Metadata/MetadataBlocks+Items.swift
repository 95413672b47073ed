/// HEIF and AVIF: metadata are items of the `meta` box (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, annex A).
extension MetadataBlocks {
    private typealias Box = (kind: Int, body: Range<Int>)
    private static let maximumItems = 16
    /// Pieces of an item.
    private static let maximumExtents = 32

    mutating func readItems(_ bytes: [UInt8]) {
        guard let meta = Self.boxes(in: bytes.indices, of: bytes).first(where: { $0.kind == 0x6d65_7461 })?.body else {
            return
        }
        let parts = Self.boxes(in: meta.dropFirst(4), of: bytes)
        func part(_ kind: Int) -> Range<Int>? { parts.first { $0.kind == kind }?.body }
        guard let information = part(0x6969_6e66), let locations = part(0x696c_6f63) else { return }
        let version = bytes[information].first ?? 0
        let items = Self.boxes(in: information.dropFirst(version == 0 ? 6 : 8), of: bytes).lazy
            .compactMap { Self.item($0, of: bytes) }.prefix(Self.maximumItems)
        for (number, kind) in items {
            guard let extents = Self.extents(of: number, in: locations, of: bytes) else { continue }
            let source = extents.isInData ? part(0x6964_6174) ?? 0..<0 : bytes.indices
            let block = Self.joined(extents.pieces, of: bytes[source])
            if kind == .xmp {
                offer(xmp: block)
            } else {
                // The block says how many bytes stand before its header. Some say it wrongly, some not at all.
                let offset = Array(block.prefix(4)).bigEndian(at: 0, bytes: 4) ?? 0
                offer(exif: block.dropFirst(4).dropFirst(offset))
                offer(exif: block)
            }
        }
    }

    private static func boxes(in range: Range<Int>, of bytes: [UInt8]) -> [Box] {
        var boxes: [Box] = []
        var at = range.lowerBound
        while boxes.count < maximumParts, at + 8 <= range.upperBound, let kind = bytes.bigEndian(at: at + 4, bytes: 4) {
            var (length, body) = (bytes.bigEndian(at: at, bytes: 4) ?? 0, at + 8)
            // 1: the length stands behind, in 8 bytes. 0: the box is the last.
            if length == 1 { (length, body) = (bytes.bigEndian(at: at + 8, bytes: 8) ?? 0, at + 16) }
            if length == 0 { length = range.upperBound - at }
            guard length >= body - at, length <= range.upperBound - at else { break }
            boxes.append((kind, body..<at + length))
            at += length
        }
        return boxes
    }

    private enum ItemKind { case exif, xmp }

    /// - Returns: nil for items of other kinds.
    private static func item(_ box: Box, of bytes: [UInt8]) -> (number: Int, kind: ItemKind)? {
        guard box.kind == 0x696e_6665, let version = bytes[box.body].first, version >= 2 else { return nil }
        let width = version == 2 ? 2 : 4
        let at = box.body.lowerBound + 4
        guard at + width + 6 <= box.body.upperBound, let number = bytes.bigEndian(at: at, bytes: width),
            let kind = bytes.bigEndian(at: at + width + 2, bytes: 4)
        else { return nil }
        switch kind {
        case 0x4578_6966: return (number, .exif)
        case 0x6d69_6d65:
            // The item's name, then the type of its content.
            let names = bytes[at + width + 6..<box.body.upperBound].prefix(1_024).split(
                separator: 0, omittingEmptySubsequences: false)
            return names.dropFirst().first?.elementsEqual("application/rdf+xml".utf8) == true ? (number, .xmp) : nil
        default: return nil
        }
    }

    /// - Returns: nil for an item that is not there, or that is made of other items.
    private static func extents(
        of item: Int, in box: Range<Int>, of bytes: [UInt8]
    ) -> (isInData: Bool, pieces: [(offset: Int, length: Int)])? {
        var at = box.lowerBound
        func next(_ width: Int) -> Int? {
            defer { at += width }
            return at + width <= box.upperBound ? bytes.bigEndian(at: at, bytes: width) : nil
        }
        guard let version = next(1), version <= 2, next(3) != nil, let sizes = next(2) else { return nil }
        let (offset, length, base) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let index = version == 0 ? 0 : sizes & 15
        guard [offset, length, base, index].allSatisfy([0, 4, 8].contains) else { return nil }
        guard let count = next(version == 2 ? 4 : 2) else { return nil }
        for _ in 0..<min(count, maximumParts) {
            guard let number = next(version == 2 ? 4 : 2), let method = version == 0 ? 0 : next(2), next(2) != nil,
                let start = next(base), let pieces = next(2)
            else { return nil }
            guard number == item else {
                at += pieces * (index + offset + length)
                continue
            }
            guard method & 15 <= 1 else { return nil }
            var found: [(offset: Int, length: Int)] = []
            for _ in 0..<min(pieces, maximumExtents) {
                guard next(index) != nil, let from = next(offset), let size = next(length),
                    from <= Int.max - start
                else { return nil }
                found.append((start + from, size))
            }
            return (method & 15 == 1, found)
        }
        return nil
    }

    /// Pieces of the source, as far as they lie in it; those of one piece are not copied.
    private static func joined(
        _ pieces: [(offset: Int, length: Int)], of source: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8> {
        let slices = pieces.map { piece in
            let rest = source.dropFirst(piece.offset)
            return piece.length == 0 ? rest : rest.prefix(piece.length)
        }
        if slices.count == 1 { return slices[0] }
        var joined: [UInt8] = []
        for slice in slices { joined += slice.prefix(maximumCopy - joined.count) }
        return joined[...]
    }
}
