/// A buffer in which C functions leave error messages.
public struct Message: Sendable {
    private var characters: [CChar]

    /// - Parameter size: in bytes, including the terminating zero.
    public init(size: Int) { characters = [CChar](repeating: 0, count: size) }

    /// The buffer is valid only within `body`.
    public mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<CChar>?) -> Result) -> Result {
        characters.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    /// Printable ASCII, safe to log.
    public var text: String {
        let bytes = characters.prefix { $0 != 0 }.map { (0x20...0x7e).contains($0) ? UInt8($0) : UInt8(ascii: "?") }
        return bytes.isEmpty ? "no reason given" : String(decoding: bytes, as: UTF8.self)
    }
}
