import SosiaCore

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

    /// The value of a field that is JSON, as `application/json` or without a type.
    func json() throws(Problem) -> JSONReader {
        let pointer = "/" + JSONReader.escaped(headers.name)
        guard let value = JSONReader.value(bytes), value != .null else {
            throw Problem.body(at: pointer, "a JSON value is expected")
        }
        return JSONReader(value, at: pointer)
    }
}
