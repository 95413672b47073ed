import Hummingbird
import NIOCore
import SosiaCore

/// Answers that may be large.
enum LargeAnswer {
    /// Bytes of a page of a list, about: the element that reaches them is the last.
    static let pageBytes = 4 << 20
    /// Bytes that are written at once, so that a client that stops reading is noticed.
    private static let block = 64 << 10

    /// A body that is counted until the client has taken it.
    /// - Throws: ``Problem`` of kind `overloaded`.
    static func body(_ buffer: ByteBuffer, _ context: ServerContext) throws -> ResponseBody {
        guard buffer.readableBytes > block else { return ResponseBody(byteBuffer: buffer) }
        let share = context.held.another()
        try share.take(buffer.readableBytes)
        return ResponseBody(contentLength: buffer.readableBytes) { writer in
            var rest = buffer
            while let part = rest.readSlice(length: min(block, rest.readableBytes)), part.readableBytes > 0 {
                try await writer.write(part)
            }
            try await writer.finish(nil)
            withExtendedLifetime(share) {}
        }
    }

    /// - Parameter isLong: whether it takes long to write, so that it is done on threads of its own.
    static func json(
        isLong: Bool = true, _ context: ServerContext, _ write: @Sendable (inout JSONWriter) -> Void
    ) async throws -> Response {
        let buffer = try await LongWork.run(isLong) {
            var json = JSONWriter()
            write(&json)
            return ByteBuffer(bytes: json.bytes)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: try body(buffer, context))
    }
}

extension JSONWriter {
    /// Writes a list that ends with the element that reaches so many bytes.
    /// - Returns: how many elements were written, at least one if there are any.
    mutating func member<Element>(
        _ name: String, _ elements: [Element], upTo bytes: Int, _ write: (inout JSONWriter, Element) -> Void
    ) -> Int {
        let end = self.bytes.count + bytes
        var written = 0
        member(name, elements) { json, element in
            guard json.bytes.count < end else { return }
            write(&json, element)
            written += 1
        }
        return written
    }
}
