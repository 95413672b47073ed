/// A part of a form, whole.
struct FormPart: Sendable {
    let headers: MultipartHeaders
    let bytes: [UInt8]

    var isFile: Bool { headers.fileName != nil }

    /// The value of a field.
    func text() throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.invalidMultipart, "the field \(headers.name) is not UTF-8")
        }
        return text
    }
}
