import HTTPTypes
import Hummingbird
import NIOCore
import SosiaCore

/// Reads multipart/form-data part by part. One part at a time is kept in memory, and counted first.
struct FormReader: Sendable {
    static let mediaType = "multipart/form-data"
    /// Largest field that is not a file, bytes.
    static let fieldBytes = 1 << 20

    let limits: ServerLimits

    /// Calls `take` with each part in order. The bytes stay counted in the context's share until it is emptied.
    func read(
        _ request: Request, _ context: ServerContext, _ take: (FormPart) async throws -> Void
    ) async throws {
        guard request.mediaType == Self.mediaType else {
            throw Problem.unsupportedMediaType(request.mediaType, expected: [Self.mediaType])
        }
        var parser = try MultipartParser(contentType: request.headers[.contentType] ?? "")
        var part: (headers: MultipartHeaders, bytes: [UInt8])?
        var (files, fields) = (0, 0)
        try await request.readBody(upTo: limits.uploadBytes, context) { chunk in
            parser.append(chunk)
            while let event = try parser.next() {
                switch event {
                case .begin(let headers):
                    if headers.fileName != nil { files += 1 } else { fields += 1 }
                    guard files <= limits.files, fields <= limits.files else {
                        throw Problem(
                            .tooManyFiles, "at most \(limits.files) are taken",
                            facts: [("maximum", .integer(Int64(limits.files)))])
                    }
                    part = (headers, [])
                case .body(let bytes):
                    guard let open = part else { continue }
                    try check(open.bytes.count + bytes.readableBytes, of: open.headers)
                    try context.held.take(bytes.readableBytes)
                    part?.bytes.append(contentsOf: bytes.readableBytesView)
                case .end:
                    guard let whole = part else { continue }
                    part = nil
                    try await take(FormPart(headers: whole.headers, bytes: whole.bytes))
                }
            }
        }
        guard parser.isFinished else { throw MultipartError.endsInside }
    }

    private func check(_ bytes: Int, of part: MultipartHeaders) throws(Problem) {
        let maximum = part.fileName == nil ? Self.fieldBytes : limits.fileBytes
        guard bytes <= maximum else {
            throw Problem(
                .bodyTooLarge, "at most \(maximum) bytes a \(part.fileName == nil ? "field" : "file") are taken",
                facts: [("part", .string(part.name)), ("maximum", .integer(Int64(maximum)))])
        }
    }
}

/// A complete part of a form.
struct FormPart: Sendable {
    let headers: MultipartHeaders
    let bytes: [UInt8]

    var isFile: Bool { headers.fileName != nil }

    /// The value of a text field.
    func text() throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.invalidMultipart, "the field \(headers.name) is not UTF-8")
        }
        return text
    }

    /// The value of a field that is JSON, whether or not its type says so.
    func json() throws(Problem) -> JSONReader {
        let reader = try JSONReader(
            bytes, at: "/" + JSONReader.escaped(headers.name), "a JSON value is expected")
        if reader.tree.isNull { throw reader.wrong("a JSON value is expected") }
        return reader
    }
}
