internal import CImages

/// The text buffer that the C side writes into.
struct Message {
    private var characters = [CChar](repeating: 0, count: Int(SOSIA_IMAGE_MESSAGE_SIZE))

    mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<CChar>?) -> Result) -> Result {
        characters.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    /// Printable ASCII, safe to log.
    var text: String {
        let bytes = characters.prefix { $0 != 0 }.map { (0x20...0x7e).contains($0) ? UInt8($0) : UInt8(ascii: "?") }
        return bytes.isEmpty ? "no reason given" : String(decoding: bytes, as: UTF8.self)
    }
}

extension DecodeError {
    /// - Returns: nil when the status is OK.
    init?(_ status: sosia_image_status, message: Message, library: String, package: String) {
        switch status {
        case SOSIA_IMAGE_OK: return nil
        case SOSIA_IMAGE_TRUNCATED: self = .truncated
        case SOSIA_IMAGE_NO_MEMORY: self = .outOfMemory
        case SOSIA_IMAGE_NO_LIBRARY: self = .libraryMissing(library: library, package: package)
        default: self = .damaged(reason: message.text)
        }
    }
}
