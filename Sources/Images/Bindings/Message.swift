internal import CImages
import Platform

extension Message {
    init() { self.init(size: Int(SOSIA_IMAGE_MESSAGE_SIZE)) }
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
