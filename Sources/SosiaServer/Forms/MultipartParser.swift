import NIOCore

/// A push parser for multipart/form-data: takes bytes as they arrive and returns parts as soon as they are known.
///
/// Stricter than RFC 2046: nothing may precede the first boundary, and no blanks may follow one. It keeps at most the
/// headers of a part and the beginning of a possible boundary.
struct MultipartParser {
    enum Event: Equatable {
        case begin(MultipartHeaders)
        case body(ByteBuffer)
        case end
    }

    static let maximumHeaderBytes = 8192

    private enum State {
        case opening, headers, body, afterDelimiter, finished
    }

    /// CRLF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var buffer = ByteBuffer()
    private var state = State.opening

    /// - Parameter contentType: the request's, with its parameters.
    init(contentType: String) throws(MultipartError) {
        guard let boundary = MultipartHeaders.parameters(of: contentType)?.values["boundary"],
            (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy(Self.isPermitted), boundary.last != " "
        else { throw .noBoundary }
        delimiter = Array("\r\n--".utf8) + Array(boundary.utf8)
        // The first boundary lacks the line break that belongs to the others.
        buffer.writeString("\r\n")
    }

    /// Whether the closing boundary was seen; what follows is ignored.
    var isFinished: Bool { state == .finished }

    mutating func append(_ bytes: ByteBuffer) {
        guard !isFinished else { return }
        var bytes = bytes
        buffer.discardReadBytes()
        buffer.writeBuffer(&bytes)
    }

    /// - Returns: nil if more bytes are needed or the closing boundary was seen.
    mutating func next() throws(MultipartError) -> Event? {
        while true {
            switch state {
            case .opening:
                guard buffer.readableBytes >= delimiter.count else {
                    guard delimiter.starts(with: buffer.readableBytesView) else { throw .noOpeningDelimiter }
                    return nil
                }
                guard startsWithDelimiter else { throw .noOpeningDelimiter }
                buffer.moveReaderIndex(forwardBy: delimiter.count)
                state = .afterDelimiter
            case .afterDelimiter:
                guard let following = buffer.readBytes(length: 2) else { return nil }
                switch following {
                case Array("\r\n".utf8): state = .headers
                case Array("--".utf8): finish()
                default: throw .garbageAfterDelimiter
                }
            case .headers:
                guard let block = try headerBlock() else { return nil }
                state = .body
                return .begin(try MultipartHeaders(block))
            case .body:
                if let part = bodyPart() { return .body(part) }
                guard startsWithDelimiter else { return nil }
                buffer.moveReaderIndex(forwardBy: delimiter.count)
                state = .afterDelimiter
                return .end
            case .finished:
                return nil
            }
        }
    }

    private mutating func finish() {
        state = .finished
        buffer.clear()
    }

    private var startsWithDelimiter: Bool { buffer.readableBytesView.starts(with: delimiter) }

    /// The lines before the empty one; a part without headers begins with the empty line.
    private mutating func headerBlock() throws(MultipartError) -> [UInt8]? {
        let view = buffer.readableBytesView.prefix(Self.maximumHeaderBytes + 4)
        if view.starts(with: "\r\n".utf8) {
            buffer.moveReaderIndex(forwardBy: 2)
            return []
        }
        let end = Array("\r\n\r\n".utf8)
        var from = view.startIndex
        while let position = view[from...].firstIndex(of: UInt8(ascii: "\r")) {
            if view[position...].starts(with: end) {
                let block = buffer.readBytes(length: position - view.startIndex)
                buffer.moveReaderIndex(forwardBy: end.count)
                return block
            }
            from = position + 1
        }
        guard view.count < Self.maximumHeaderBytes + 4 else {
            throw .headersTooLong(maximum: Self.maximumHeaderBytes)
        }
        return nil
    }

    /// Bytes that cannot belong to a boundary; nil if there are none.
    private mutating func bodyPart() -> ByteBuffer? {
        let view = buffer.readableBytesView
        var from = view.startIndex
        while let position = view[from...].firstIndex(of: UInt8(ascii: "\r")) {
            let rest = view[position...]
            if rest.count >= delimiter.count ? rest.starts(with: delimiter) : delimiter.starts(with: rest) {
                let length = position - view.startIndex
                return length > 0 ? buffer.readSlice(length: length) : nil
            }
            from = position + 1
        }
        return view.isEmpty ? nil : buffer.readSlice(length: view.count)
    }

    /// The characters that RFC 2046 allows in a boundary.
    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}

/// Why a body is not multipart/form-data (RFC 7578, RFC 2046 section 5.1).
enum MultipartError: Error, Hashable, Sendable {
    case noBoundary
    case noOpeningDelimiter
    case garbageAfterDelimiter
    case headersTooLong(maximum: Int)
    case malformedHeader
    case noName
    case endsInside
}

extension MultipartError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noBoundary: "the content type names no boundary of 1 to 70 permitted characters"
        case .noOpeningDelimiter: "the body does not begin with the boundary"
        case .garbageAfterDelimiter: "a boundary is followed by something other than a line break"
        case .headersTooLong(let maximum): "the headers of a part have more than \(maximum) bytes"
        case .malformedHeader: "a part has a malformed header"
        case .noName: "a part has no Content-Disposition: form-data with a name"
        case .endsInside: "the body ends inside a part"
        }
    }
}
