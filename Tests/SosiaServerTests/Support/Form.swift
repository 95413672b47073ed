import HTTPTypes
import NIOCore
import TestSupport

/// multipart/form-data as browsers write it.
struct Form {
    static let boundary = "----sosia7d1f"
    static let contentType = "multipart/form-data; boundary=" + boundary

    private(set) var bytes: [UInt8] = []

    mutating func add(_ name: String, _ value: String) {
        begin("name=\"\(name)\"")
        bytes += Array((value + "\r\n").utf8)
    }

    mutating func add(_ name: String, fileName: String, _ content: [UInt8]) {
        begin("name=\"\(name)\"; filename=\"\(fileName)\"", "Content-Type: image/jpeg\r\n")
        bytes += content + Array("\r\n".utf8)
    }

    /// With the closing boundary.
    var whole: [UInt8] { bytes + Array("--\(Self.boundary)--\r\n".utf8) }

    private mutating func begin(_ disposition: String, _ more: String = "") {
        bytes += Array("--\(Self.boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n\(more)\r\n".utf8)
    }

    static func pictures(_ numbers: some Sequence<Int>, attributes: String? = nil) throws -> Form {
        var form = Form()
        if let attributes { form.add("attributes", attributes) }
        for number in numbers { form.add("file", fileName: "\(number).jpg", try picture(number)) }
        return form
    }
}
