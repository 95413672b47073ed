internal import COpenVINO

/// Calls into `COpenVINO`, whose failures become errors.
enum Binding {
    static func call(
        _ failure: (String) -> EmbeddingError, _ body: (UnsafeMutablePointer<sosia_ov_message>) -> Int32
    ) throws(EmbeddingError) {
        var message = sosia_ov_message()
        guard body(&message) == 0 else {
            throw failure(withUnsafeBytes(of: &message.text) { string($0) })
        }
    }

    /// The text that `body` writes into the memory it is given.
    static func text(
        _ failure: (String) -> EmbeddingError,
        _ body: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<sosia_ov_message>) -> Int32
    ) throws(EmbeddingError) -> String {
        var characters = [CChar](repeating: 0, count: 1024)
        try call(failure) { message in
            characters.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count, message) }
        }
        return characters.withUnsafeBytes { string($0) }
    }

    /// The bytes up to the first zero as text.
    static func string(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
