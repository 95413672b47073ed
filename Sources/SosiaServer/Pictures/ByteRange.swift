/// What a `Range` asks for (RFC 9110, section 14.2).
enum ByteRange: Hashable, Sendable {
    /// Also for several ranges, which a server need not take, and for what is no range of bytes.
    case whole
    case part(Range<Int>)
    /// It begins behind the end.
    case unsatisfiable

    /// - Parameter length: of what it is a range of, bytes.
    init(_ field: String, of length: Int) {
        let unit = "bytes="
        let parts = field.dropFirst(unit.count).split(separator: "-", omittingEmptySubsequences: false)
        guard field.prefix(unit.count).lowercased() == unit, parts.count == 2, parts.allSatisfy(Self.isNumber) else {
            self = .whole
            return
        }
        // A number that is too large is one behind the end.
        let numbers = parts.map { $0.isEmpty ? nil : Int($0) ?? .max }
        switch (numbers[0], numbers[1]) {
        case (nil, let last?): self = last > 0 && length > 0 ? .part(max(length - last, 0)..<length) : .unsatisfiable
        case (let first?, let last) where last.map({ first <= $0 }) ?? true:
            self = first < length ? .part(first..<min(last ?? .max, length - 1) + 1) : .unsatisfiable
        default: self = .whole
        }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
