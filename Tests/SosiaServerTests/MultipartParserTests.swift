import NIOCore
import Sosia
import SosiaCore
import Testing

@testable import SosiaServer

struct MultipartParserTests {
    /// What came out of a form, whatever pieces it came in.
    static func parts(
        _ bytes: [UInt8], contentType: String = Form.contentType, pieces: (Int) -> Int = { _ in 7 }
    ) throws -> [(headers: MultipartHeaders, bytes: [UInt8])] {
        var parser = try MultipartParser(contentType: contentType)
        var parts: [(headers: MultipartHeaders, bytes: [UInt8])] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + max(1, pieces(position)))
            parser.append(ByteBuffer(bytes: bytes[position..<end]))
            position = end
            while let event = try parser.next() {
                switch event {
                case .begin(let headers): parts.append((headers, []))
                case .body(let body): parts[parts.count - 1].bytes += Array(body.readableBytesView)
                case .end: continue
                }
            }
        }
        guard parser.isFinished else { throw MultipartError.endsInside }
        return parts
    }

    /// Contents that look like boundaries.
    static let contents: [[UInt8]] = [
        [], Array("\r\n".utf8), Array("\r\n--".utf8), Array("\r\n--\(Form.boundary.dropLast())".utf8),
        Array("--\(Form.boundary)--".utf8), [13, 13, 10, 13], Array(0...255),
    ]

    @Test(arguments: [1, 2, 3, 5, 64, 100_000]) func everyPieceSizeGivesTheSameParts(_ size: Int) throws {
        var form = Form()
        for (number, content) in Self.contents.enumerated() {
            form.add("file\(number)", fileName: "\(number).jpg", content)
        }
        form.add("k", "5")
        let parts = try Self.parts(form.whole) { _ in size }
        #expect(parts.map(\.bytes) == Self.contents + [Array("5".utf8)])
        #expect(parts.last?.headers == MultipartHeaders(name: "k"))
        #expect(parts.first?.headers.fileName == "0.jpg")
    }

    @Test func randomContentsInRandomPieces() throws {
        var generator = SplitMix(seed: 7)
        for _ in 0..<200 {
            let contents = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    [13, 10, 45, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
                }
            }
            var form = Form()
            for content in contents { form.add("f", fileName: "a", content) }
            let parts = try Self.parts(form.whole) { _ in Int.random(in: 1...50, using: &generator) }
            #expect(parts.map(\.bytes) == contents)
        }
    }

    /// Whatever the bytes are, the parser ends, keeps nothing and invents nothing.
    @Test func randomBytesAndMutations() throws {
        var generator = SplitMix(seed: 8)
        let whole = try Form.pictures(0..<2).whole
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                if bytes.isEmpty { break }
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                default: bytes = Array(bytes[..<max(1, position)])
                }
            }
            let parts = (try? Self.parts(bytes) { _ in Int.random(in: 1...200, using: &generator) }) ?? []
            #expect(parts.reduce(0) { $0 + $1.bytes.count } <= bytes.count)
        }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\0b\"",
        "multipart/form-data; boundary=" + String(repeating: "a", count: 71),

        "multipart/form-data; boundary=a; boundary=b",
    ]) func boundariesThatAreNone(_ contentType: String) {
        #expect(throws: MultipartError.noBoundary) { try MultipartParser(contentType: contentType) }
    }

    @Test(arguments: [
        ("x--B\r\n", MultipartError.noOpeningDelimiter), ("--B \r\n", .garbageAfterDelimiter),
        ("--B\r\nContent-Type: a\r\n\r\nb\r\n--B--", .noName), ("--B\r\nno colon\r\n\r\n", .malformedHeader),
        ("--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\n", .malformedHeader),
        ("--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n", .noName),
        ("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B", .endsInside), ("", .endsInside),
    ]) func malformed(_ body: String, _ error: MultipartError) {
        #expect(throws: error) {
            try Self.parts(Array(body.utf8), contentType: "multipart/form-data; boundary=B")
        }
    }

    @Test func headersHaveALimit() {
        let body = "--B\r\nX: " + String(repeating: "a", count: 20_000)
        #expect(throws: MultipartError.headersTooLong(maximum: MultipartParser.maximumHeaderBytes)) {
            try Self.parts(Array(body.utf8), contentType: "multipart/form-data; boundary=B")
        }
    }

    @Test func quotedNames() {
        let parsed = MultipartHeaders.parameters(of: #"form-data; name="a\"b"; filename="c:\dir\d.jpg""#)
        #expect(parsed?.values == ["name": "a\"b", "filename": #"c:\dir\d.jpg"#])
    }
}
