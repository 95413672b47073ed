/// The segments of a JPEG before its first scan (ITU-T T.81, annex B).
struct JPEGHeader {
    private static let profileMarker: [UInt8] = Array("ICC_PROFILE".utf8) + [0]

    let width: Int
    let height: Int
    /// Huffman-coded, sequential or progressive, 8 bits a sample, one or three components.
    let isCommon: Bool
    let metadata: MetadataBlocks
    private let components: Int
    private let isProgressive: Bool
    /// Whether the pixels come in several scans, so that the decoder holds all of them until the last.
    let hasScans: Bool
    /// Where the marker of the first scan stands.
    let bodyStart: Int
    /// Parts of the ICC profile by their sequence number.
    private let profileParts: [Int: Range<Int>]
    private let profilePartCount: Int

    init(_ bytes: [UInt8]) throws(DecodeError) {
        var frame: (width: Int, height: Int, components: Int, isProgressive: Bool, isCommon: Bool)?
        var metadata = MetadataBlocks()
        var parts: [Int: Range<Int>] = [:]
        var partCount = 0
        var at = 2
        scan: while true {
            // Fill bytes, and the stray ones that libjpeg skips as well, may stand before a marker.
            while at < bytes.count, bytes[at] != 0xff { at += 1 }
            while at < bytes.count, bytes[at] == 0xff { at += 1 }
            guard at < bytes.count else { throw .truncated }
            let marker = bytes[at]
            at += 1
            switch marker {
            case 0x00, 0x01, 0xd0...0xd8: continue scan
            case 0xd9: throw .damaged(reason: "the JPEG ends before its first scan")
            case 0xda: break scan
            default: break
            }
            guard let length = bytes.bigEndian(at: at, bytes: 2) else { throw .truncated }
            guard length >= 2 else { throw .damaged(reason: "a JPEG segment of length \(length)") }
            let end = at + length
            guard end <= bytes.count else { throw .truncated }
            let body = at + 2..<end
            switch marker {
            case 0xc0...0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf:
                guard let precision = bytes.bigEndian(at: at + 2, bytes: 1), body.count >= 6,
                    let height = bytes.bigEndian(at: at + 3, bytes: 2),
                    let width = bytes.bigEndian(at: at + 5, bytes: 2),
                    let components = bytes.bigEndian(at: at + 7, bytes: 1)
                else { throw .damaged(reason: "a JPEG frame header of \(length) bytes") }
                let isCommon = marker <= 0xc2 && precision == 8 && (components == 1 || components == 3)
                let isProgressive = [0xc2, 0xc6, 0xca, 0xce].contains(marker)
                frame = (width, height, components, isProgressive, isCommon)
            case 0xe1: metadata.offer(segment: bytes[body])
            case 0xe2 where body.count > 14 && bytes[body].starts(with: Self.profileMarker):
                parts[Int(bytes[body.lowerBound + 12])] = body.lowerBound + 14..<end
                partCount = Int(bytes[body.lowerBound + 13])
            default: break
            }
            at = end
        }
        guard let frame else { throw .damaged(reason: "a JPEG scan without a frame header") }
        width = frame.width
        height = frame.height
        isCommon = frame.isCommon
        components = frame.components
        isProgressive = frame.isProgressive
        hasScans = frame.isProgressive || bytes.bigEndian(at: at + 2, bytes: 1) != frame.components
        self.metadata = metadata
        bodyStart = at - 2
        profileParts = parts
        profilePartCount = partCount
    }

    /// The embedded ICC profile, put together from its parts; nil when there is none or a part is missing.
    func profile(in bytes: [UInt8]) -> [UInt8]? {
        guard profilePartCount > 0 else { return nil }
        var profile: [UInt8] = []
        for number in 1...profilePartCount {
            guard let part = profileParts[number] else { return nil }
            profile += bytes[part]
        }
        return profile
    }

    /// How many scans begin at or behind `start`, and whether an end-of-image marker closes them.
    /// - Parameter limit: looking ends when there are more scans.
    static func body(
        of bytes: [UInt8], from start: Int, limit: Int = .max
    ) -> (scans: Int, isClosed: Bool) {
        var scans = 0
        let isClosed = walk(bytes, from: start) { _ in
            scans += 1
            return scans <= limit
        }
        return (scans, isClosed)
    }

    /// Whether every coefficient of every component is sent to its last bit (ITU-T T.81, G.1.1): a progressive JPEG that
    /// ends between two scans is decoded without complaint, but not whole.
    func hasAllScans(_ bytes: [UInt8]) -> Bool {
        var sent: [UInt8: UInt64] = [:]
        _ = Self.walk(bytes, from: bodyStart) { header in
            guard let count = header.dropFirst(2).first.map(Int.init), header.count >= 6 + 2 * count else {
                return true
            }
            let header = Array(header)
            let (first, last, bits) = (header[3 + 2 * count], header[4 + 2 * count], header[5 + 2 * count] & 15)
            for component in 0..<count {
                for coefficient in isProgressive ? first...max(first, min(last, 63)) : 0...63 where bits == 0 {
                    sent[header[3 + 2 * component], default: 0] |= 1 << UInt64(coefficient)
                }
            }
            return true
        }
        return sent.values.count { $0 == .max } >= components
    }

    /// Calls `visit` with the header of each scan, its length first, until that returns false.
    /// - Returns: whether an end-of-image marker was met.
    private static func walk(_ bytes: [UInt8], from start: Int, visit: (ArraySlice<UInt8>) -> Bool) -> Bool {
        var at = start
        while at + 1 < bytes.count {
            guard bytes[at] == 0xff else {
                at += 1
                continue
            }
            switch bytes[at + 1] {
            case 0xd9: return true
            case 0xff: at += 1
            case 0x00, 0x01, 0xd0...0xd8: at += 2
            case let marker:
                // Segments between scans, and the scans' own headers.
                guard let length = bytes.bigEndian(at: at + 2, bytes: 2) else { return false }
                let end = at + 2 + max(length, 2)
                if marker == 0xda, !visit(bytes[at + 2..<min(end, bytes.count)]) { return false }
                at = end
            }
        }
        return false
    }
}
