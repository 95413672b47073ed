import Foundation
import TinyImages

/// Lines of "distance position", as bytes, because there may be eighty million of them.
struct TinyLines {
    private(set) var bytes: [UInt8] = []
    private static let scale = 10_000.0

    /// - Parameter name: of the query, in a third column where there are several.
    mutating func append(_ squaredDistance: UInt32, at position: Int, name: String? = nil) {
        let scaled = UInt64((Double(squaredDistance).squareRoot() * Self.scale).rounded())
        append(scaled / 10_000)
        bytes.append(UInt8(ascii: "."))
        let fraction = scaled % 10_000
        for digit in [1_000, 100, 10, 1] as [UInt64] {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / digit % 10))
        }
        bytes.append(UInt8(ascii: " "))
        append(UInt64(position))
        if let name {
            bytes.append(UInt8(ascii: " "))
            bytes += Console.oneLine(Console.printable(name)).utf8
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ number: UInt64) {
        bytes += String(number).utf8
    }

    /// Writes to standard output, behind what was printed before, and begins anew.
    mutating func print() throws {
        defer { bytes.removeAll(keepingCapacity: true) }
        try Console.finish()
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw Console.Unwritable(code: underlying.map { Int32(truncatingIfNeeded: $0.code) } ?? EIO)
        }
    }

    /// As in the lines: four digits behind the point.
    static func text(_ squaredDistance: UInt32) -> String {
        var lines = TinyLines()
        lines.append(squaredDistance, at: 0)
        return String(decoding: lines.bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }
}
