@testable import Images
import SosiaCore
import Testing

struct ProfileTests {
    @Test func damagedProfilesAreIgnored() throws {
        let plain = try Pictures.jpeg(width: 32, height: 24)
        let expected = try ImageDecoder().decode(plain, maxSide: 32)
        var random = SplitMix(seed: 9)
        for length in [0, 1, 127, 128, 500] {
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            for number in [[UInt8(1), 1], [1, 2], [0, 0], [9, 3]] {
                let segment = Array("ICC_PROFILE".utf8) + [0] + number + noise
                let decoded = try ImageDecoder().decode(Pictures.jpeg(plain, with: 0xe2, segment), maxSide: 32)
                #expect(decoded == expected)
            }
        }
    }

    @Test func partsComeInAnyOrder() throws {
        let plain = try Pictures.jpeg(width: 32, height: 24)
        let marker = Array("ICC_PROFILE".utf8) + [0]
        let second = Pictures.jpeg(plain, with: 0xe2, marker + [1, 2, 10, 20])
        let both = Pictures.jpeg(second, with: 0xe2, marker + [2, 2, 30])
        #expect(try JPEGHeader(both).profile(in: both) == [10, 20, 30])
        #expect(try JPEGHeader(second).profile(in: second) == nil)
    }
}
