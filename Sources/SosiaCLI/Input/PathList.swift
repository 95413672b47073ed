import Foundation

/// Paths on standard input.
enum PathList {
    /// - Parameter nulSeparated: paths end with a NUL byte, else with a line break.
    static func read(nulSeparated: Bool) throws -> [String] {
        let separator: UInt8 = nulSeparated ? 0 : UInt8(ascii: "\n")
        return try StandardInput.bytes()
            .split(separator: separator)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
