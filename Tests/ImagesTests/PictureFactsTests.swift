@testable import Images
import SosiaCore
import Testing

struct PictureFactsTests {
    @Test func readsWhatACameraWrites() throws {
        let exif = EXIFBytes(
            main: [(0x010f, .text("NIKON CORPORATION")), (0x0110, .text("NIKON D70 ")), (0x0112, .short(6))],
            photo: [(0x9003, .text("2024:05:31 18:02:11")), (0x9011, .text("+02:00"))],
            gps: [
                (1, .text("S")), (2, .rationals([(33, 1), (51, 1), (3540, 100)])),
                (3, .text("E")), (4, .rationals([(151, 1), (12, 1), (36, 1)])),
            ])
        let jpeg = Pictures.jpeg(try Pictures.jpeg(width: 64, height: 40), with: 0xe1, exif.bytes)
        let facts = try ImageDecoder().decode(jpeg, maxSide: 20).facts
        #expect(facts.format == "jpeg")
        #expect((facts.width, facts.height) == (40, 64))
        #expect(facts.camera == "NIKON D70")
        #expect(facts.captured == "2024-05-31T18:02:11+02:00")
        let position = try #require(facts.position)
        #expect(abs(position.latitude - -33.859833) < 1e-5)
        #expect(abs(position.longitude - 151.21) < 1e-5)
    }

    @Test func leavesOutWhatMakesNoSense() throws {
        let exif = EXIFBytes(
            main: [(0x0112, .short(77))],
            photo: [(0x9003, .text("0000:00:00 00:00:00"))],
            gps: [
                (1, .text("N")), (2, .rationals([(400, 1), (0, 1), (0, 1)])),
                (3, .text("E")), (4, .rationals([(0, 0), (0, 0), (0, 0)])),
            ])
        let jpeg = Pictures.jpeg(try Pictures.jpeg(width: 64, height: 40), with: 0xe1, exif.bytes)
        let facts = try ImageDecoder().decode(jpeg, maxSide: 20).facts
        #expect(facts == PictureFacts(format: "jpeg", width: 64, height: 40))
    }

    @Test func timestamps() {
        #expect(PictureFacts.timestamp("2019:12:01 07:08:09", offset: "") == "2019-12-01T07:08:09")
        #expect(PictureFacts.timestamp("2019:12:01 07:08:09", offset: "later") == "2019-12-01T07:08:09")
        for text in ["", "yesterday", "2019:13:01 07:08:09", "2019:12:01 24:08:09", "2019:12:01  7:08:09"] {
            #expect(PictureFacts.timestamp(text, offset: "+01:00") == nil)
        }
    }

    @Test func cameras() {
        #expect(PictureFacts.camera(make: "Canon", model: "Canon EOS 5D") == "Canon EOS 5D")
        #expect(PictureFacts.camera(make: "SONY", model: "ILCE-7M3") == "SONY ILCE-7M3")
        #expect(PictureFacts.camera(make: "Apple", model: "") == "Apple")
        #expect(PictureFacts.camera(make: "", model: "X100") == "X100")
        #expect(PictureFacts.camera(make: "", model: "") == nil)
    }
}
