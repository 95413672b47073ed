import Foundation
import Images
import SosiaCore
import Testing

struct BadInputTests {
    private let decoder = ImageDecoder()

    @Test func nothing() {
        #expect(throws: DecodeError.empty) { try decoder.decode([], maxSide: 10) }
    }

    @Test func textNamedAsAPicture() {
        #expect(throws: DecodeError.notAPicture(beginning: "it begins like text")) {
            try decoder.decode(Array("Dear Sir or Madam,\n".utf8), maxSide: 10)
        }
        #expect(throws: DecodeError.notAPicture(beginning: "it begins with zeros")) {
            try decoder.decode([0, 0, 0, 0], maxSide: 10)
        }
        #expect(throws: DecodeError.notAPicture(beginning: "it begins with the bytes 01 ff 02")) {
            try decoder.decode([1, 255, 2], maxSide: 10)
        }
    }

    @Test func everyTruncationOfAJPEG() throws {
        let whole = try Pictures.jpeg(width: 64, height: 48)
        for length in 3..<whole.count - 2 {
            #expect(throws: DecodeError.truncated, "\(length) of \(whole.count) bytes") {
                try decoder.decode(Array(whole[..<length]), maxSide: 64)
            }
        }
        // Only the end marker is missing.
        let expected = try decoder.decode(whole, maxSide: 64)
        #expect(try decoder.decode(whole.dropLast(1), maxSide: 64) == expected)
        #expect(try decoder.decode(whole.dropLast(2), maxSide: 64) == expected)
    }

    /// Of its scans the first show a picture already, which is not all of it.
    @Test(.enabled(if: OddFiles.folder != nil), arguments: ["progressive-420.jpg", "cmyk.jpg"])
    func anotherKindOfJPEGWithoutItsEnd(name: String) throws {
        let folder = try #require(OddFiles.folder)
        let whole = try [UInt8](Data(contentsOf: folder.appending(path: name)))
        if name.hasPrefix("progressive") {
            #expect(try decoder.decode(whole.dropLast(2), maxSide: 64) == decoder.decode(whole, maxSide: 64))
        }
        let scans = whole.indices.dropFirst().filter { whole[($0 - 1)...].starts(with: [0xff, 0xda]) }
        for at in scans.map({ $0 - 1 }) + [whole.count - 40, whole.count / 2] {
            #expect(throws: DecodeError.truncated, "\(at) of \(whole.count) bytes") {
                try decoder.decode(Array(whole[..<at]), maxSide: 64)
            }
        }
    }

    @Test func bytesBehindAndBetweenAreHarmless() throws {
        let whole = try Pictures.jpeg(width: 64, height: 48)
        let expected = try decoder.decode(whole, maxSide: 64)
        #expect(try decoder.decode(whole + [1, 2, 3, 4], maxSide: 64) == expected)
        let end = whole.count - 2
        let padded = Array(whole[..<end]) + [0, 0, 0, 0, 0, 0] + whole[end...]
        #expect(try decoder.decode(padded, maxSide: 64) == expected)
        #expect(try decoder.decode(padded.dropLast(), maxSide: 64) == expected)
    }

    @Test(.enabled(if: Pictures.hasVips)) func aPNGThatDeclaresFarTooMuch() {
        let bomb = Pictures.png(Pictures.scene(width: 4, height: 4), declared: (60_000, 60_000))
        let expected = DecodeError.tooLarge(width: 60_000, height: 60_000, maximumPixels: 268_435_456)
        #expect(throws: expected) { try decoder.decode(bomb, maxSide: 10) }
    }

    @Test func aJPEGThatDeclaresFarTooMuch() throws {
        var bomb = try Pictures.jpeg(width: 64, height: 48)
        let frame = try #require(bomb.indices.first { bomb[$0...].starts(with: [0xff, 0xc0, 0, 17]) })
        bomb.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xf0, 0xff, 0xf0])
        let expected = DecodeError.tooLarge(width: 65_520, height: 65_520, maximumPixels: 268_435_456)
        #expect(throws: expected) { try decoder.decode(bomb, maxSide: 10) }
    }

    @Test func limitsOfTheCaller() throws {
        let jpeg = try Pictures.jpeg(width: 64, height: 48)
        #expect(throws: DecodeError.sideTooLong(width: 64, height: 48, maximumSide: 50)) {
            try ImageDecoder(limits: DecodeLimits(maximumSide: 50)).decode(jpeg, maxSide: 10)
        }
        #expect(throws: DecodeError.fileTooLarge(bytes: jpeg.count, maximumBytes: 100)) {
            try ImageDecoder(limits: DecodeLimits(maximumFileBytes: 100)).decode(jpeg, maxSide: 10)
        }
        #expect(throws: DecodeError.outputOutOfRange(width: 0, height: 0, maximumSide: 16_384)) {
            try decoder.decode(jpeg, maxSide: 0)
        }
    }

    @Test(.enabled(if: Pictures.hasVips)) func aTruncatedPNG() throws {
        let whole = Pictures.png(Pictures.scene(width: 40, height: 30))
        for length in stride(from: 8, to: whole.count - 60, by: 97) {
            #expect(throws: DecodeError.truncated, "\(length) of \(whole.count) bytes") {
                try decoder.decode(Array(whole[..<length]), maxSide: 40)
            }
        }
    }

    /// Only the middle is wanted, but what is missing or wrong below it is no picture.
    @Test(.enabled(if: Pictures.hasVips)) func aTallPNGIsReadToItsEnd() throws {
        let geometry = InputGeometry(width: 20, height: 20, rule: .centerCrop(shortSide: 20))
        let whole = Pictures.png(Pictures.scene(width: 20, height: 2_000))
        let end = whole.count - 12
        #expect(try decoder.decode(Array(whole[..<end]), for: geometry) == decoder.decode(whole, for: geometry))
        for share in [0.6, 0.85, 0.999] {
            #expect(throws: DecodeError.truncated, "\(share)") {
                try decoder.decode(Array(whole.prefix(Int(Double(end) * share))), for: geometry)
            }
            var damaged = whole
            damaged[Int(Double(end) * share)] ^= 1
            #expect(throws: DecodeError.self, "\(share)") { try decoder.decode(damaged, for: geometry) }
        }
    }

    @Test(.enabled(if: Pictures.hasVips)) func aDamagedPNGSaysWhy() throws {
        var file = Pictures.png(Pictures.scene(width: 40, height: 30))
        file[60] ^= 0x55
        let error = #expect(throws: DecodeError.self) { try decoder.decode(file, maxSide: 40) }
        guard case .damaged(let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty && reason.allSatisfy { $0.isASCII && !$0.isNewline })
    }
}
