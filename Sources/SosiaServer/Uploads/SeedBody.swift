import SosiaCore

/// A body of the seed interface: an object with the key, and with a picture that is much larger than all the rest.
///
/// The key is looked for in the first bytes, before the others are read, and the picture is taken from the bytes without
/// a text between, which would take the memory of two more pictures.
struct SeedBody: Sendable {
    /// The key lies within so many bytes, or is in a header.
    static let keyBytes = 4_096

    private static let picture = "image"

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    /// The key, if a member that ends within ``keyBytes`` is one.
    var key: String? {
        let head = bytes.prefix(Self.keyBytes)
        guard let value = Self.value(of: "key", in: head), let tree = try? JSONTree(parsing: Array(head[value])),
            case .string(let key) = tree.node
        else { return nil }
        return key
    }

    /// The members, and the picture if it is one of them.
    /// - Parameter known: the names of all permitted members.
    /// - Throws: ``Problem``.
    func members(_ known: Set<String>) throws(Problem) -> (members: [String: JSONReader], picture: [UInt8]?) {
        guard known.contains(Self.picture), let value = Self.value(of: Self.picture, in: bytes[...]),
            bytes[value.lowerBound] == UInt8(ascii: "\"")
        else { return (try Self.members(bytes, known), nil) }
        let rest = bytes[..<value.lowerBound] + Array("\"\"".utf8) + bytes[value.upperBound...]
        let members = try Self.members(Array(rest), known)
        guard let picture = Self.decoded(bytes[value]) else {
            throw Problem.body(at: "/" + Self.picture, "the picture is not base64")
        }
        return (members, picture)
    }

    /// The key is a text also where none is needed.
    private static func members(_ bytes: [UInt8], _ known: Set<String>) throws(Problem) -> [String: JSONReader] {
        let members = try JSONReader(bytes).object(known)
        _ = try members["key"]?.string()
        return members
    }

    /// Where the value of the first member of a name lies in a document that may be cut off.
    private static func value(of name: String, in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        let name = Array("\"\(name)\"".utf8)
        var depth = 0
        var isName = false
        var isWanted = false
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let start = at
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard let end = end(ofString: at, in: bytes) else { return nil }
                at = end
                guard depth == 1 else { continue }
                if isName { isWanted = bytes[start..<at].elementsEqual(name) } else if isWanted { return start..<at }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: isName = false
            case UInt8(ascii: ",") where depth == 1: (isName, isWanted) = (true, false)
            default: break
            }
            at += 1
        }
        return nil
    }

    /// - Returns: where the text that begins at a quotation mark ends, behind its other one.
    private static func end(ofString start: Int, in bytes: ArraySlice<UInt8>) -> Int? {
        var at = start + 1
        while at < bytes.endIndex {
            switch bytes[at] {
            case UInt8(ascii: "\""): return at + 1
            case UInt8(ascii: "\\"): at += 2
            default: at += 1
            }
        }
        return nil
    }

    /// A text of JSON that is base64 (RFC 4648, section 4), with or without a leading `data:image/...;base64,`.
    /// - Parameter text: with its quotation marks.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var text = text
        // Some writers escape slashes.
        if text.contains(UInt8(ascii: "\\")) {
            guard let plain = (try? JSONTree(parsing: Array(text)))?.string else { return nil }
            text = Array(plain.utf8)[...]
        } else {
            text = text.dropFirst().dropLast()
        }
        if text.starts(with: "data:".utf8) { text = text.drop { $0 != UInt8(ascii: ",") }.dropFirst() }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        guard text.count.isMultiple(of: 4) else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (position, byte) in text.dropLast(padding).enumerated() {
            guard let digit = digit(byte) else { return nil }
            bits = bits << 6 | digit
            // Of four digits the second, third and fourth complete a byte.
            let left = (3 - position % 4) * 2
            if left < 6 { decoded.append(UInt8(truncatingIfNeeded: bits >> left)) }
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
