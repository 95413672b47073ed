import HTTPTypes
import Hummingbird
import NIOCore
import SosiaCore

extension Response {
    /// An answer that is a JSON document.
    static func json(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var json = JSONWriter()
        try write(&json)
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
