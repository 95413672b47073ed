import Images
import SosiaCore
import Testing

/// Many threads at once get what one gets alone, errors and their reasons included.
struct ConcurrencyTests {
    @Test(.enabled(if: Pictures.hasVips)) func manyThreads() async throws {
        let scene = Pictures.scene(width: 90, height: 70)
        let damaged = { (at: Int) in
            var file = Pictures.png(scene)
            file[at] ^= 0x3c
            return file
        }
        let files = [try ImageEncoder.jpeg(scene), Pictures.png(scene), damaged(60), damaged(20), damaged(5_000)]
        let outcome: @Sendable (Int) -> Result<DecodedImage, DecodeError> = { index in
            Result { () throws(DecodeError) in try ImageDecoder().decode(files[index % files.count], maxSide: 50) }
        }
        let expected = files.indices.map(outcome)
        await withTaskGroup(of: (Int, Result<DecodedImage, DecodeError>).self) { group in
            for index in 0..<60 { group.addTask { (index, outcome(index)) } }
            for await (index, result) in group { #expect(result == expected[index % files.count]) }
        }
    }
}
