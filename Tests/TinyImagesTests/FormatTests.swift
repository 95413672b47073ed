import SosiaCore
import TestSupport
import Testing
import TinyImages

struct FormatTests {
    @Test func planesFollowEachOtherColumnsFirst() throws {
        var pixels: [UInt8] = []
        for y in 0..<32 {
            for x in 0..<32 { pixels += [UInt8(x), UInt8(100 + y), UInt8(x * y % 256)] }
        }
        let picture = try #require(PixelImage(width: 32, height: 32, bytes: pixels))
        let image = try #require(TinyImage(picture))
        #expect(image.bytes.count == 3072)
        // The first column of red is x = 0 all the way down, then comes x = 1.
        #expect(image.bytes[0..<32].allSatisfy { $0 == 0 })
        #expect(image.bytes[32..<64].allSatisfy { $0 == 1 })
        // The first column of green counts y.
        #expect(image.bytes[1024..<1056].elementsEqual(100...131))
        #expect(image.bytes[2048 + 5 * 32 + 7] == 35)
        #expect(image.picture == picture)
    }

    @Test func otherSizesAreNoTinyImages() throws {
        #expect(TinyImage(bytes: [UInt8](repeating: 0, count: 3071)) == nil)
        #expect(
            TinyImage(try #require(PixelImage(width: 31, height: 32, bytes: [UInt8](repeating: 0, count: 2976)))) == nil
        )
    }

    @Test func aLastPartOfARecordIsReportedAndIgnored() throws {
        let folder = try TemporaryFolder()
        let all = try records(5, seed: 1)
        let path = try folder.write(all.flatMap(\.bytes) + [1, 2, 3], to: "a.bin")
        let file = try TinyImageFile(path)
        #expect(file.count == all.count)
        #expect(file.truncatedBytes == 3)
        #expect(try file.record(4) == all[4])
    }

    @Test func positionsBeyondTheEndAndEmptyFilesAreErrors() throws {
        let folder = try TemporaryFolder()
        let file = try TinyImageFile(folder.write(records(5, seed: 1).flatMap(\.bytes), to: "a.bin"))
        for position in [-1, file.count, Int.max / 4096] {
            #expect(throws: TinyImageError.positionBeyondEnd(position: position, count: 5, path: file.path)) {
                try file.record(position)
            }
        }
        let empty = try folder.write([], to: "empty.bin")
        #expect(throws: TinyImageError.empty(path: empty, bytes: 0)) { try TinyImageFile(empty) }
        let short = try folder.write([UInt8](repeating: 1, count: 3071), to: "short.bin")
        #expect(throws: TinyImageError.empty(path: short, bytes: 3071)) { try TinyImageFile(short) }
        #expect(throws: (any Error).self) { try TinyImageFile(folder.path) }
        #expect(throws: (any Error).self) { try TinyImageFile(folder.path + "/nothing") }
    }
}
