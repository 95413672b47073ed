import Images
import SosiaCore
import Testing

struct ContactSheetTests {
    private static func pixel(_ image: PixelImage, _ x: Int, _ y: Int) -> [UInt8] {
        let at = (y * image.width + x) * 3
        return Array(image.bytes[at..<at + 3])
    }

    @Test func putsPicturesInAGrid() throws {
        let red = Pictures.image(width: 40, height: 20, bytes: (0..<800).flatMap { _ in [200, 0, 0] as [UInt8] })
        let cells = (0..<5).map { ContactSheet.Cell(picture: red, caption: "\($0)", isFramed: $0 == 0) }
        let sheet = try #require(ContactSheet(cells: cells, columns: 3, cellSide: 40).rendered())
        #expect((sheet.width, sheet.height) == (3 * 52 + 12, 2 * (40 + 26 + 12) + 12))
        // The middle of the first and of the fifth cell; the place of a sixth is paper.
        #expect(Self.pixel(sheet, 12 + 20, 12 + 20) == [200, 0, 0])
        #expect(Self.pixel(sheet, 12 + 52 + 20, 12 + 78 + 20) == [200, 0, 0])
        #expect(Self.pixel(sheet, 12 + 104 + 20, 12 + 78 + 20) == [255, 255, 255])
        // The first has a frame, the second has none.
        #expect(Self.pixel(sheet, 9, 30) != [255, 255, 255])
        #expect(Self.pixel(sheet, 61, 30) == [255, 255, 255])
    }

    @Test func captionsDifferAndAreCut() throws {
        let sheet = { (caption: String) in
            ContactSheet(cells: [.init(picture: nil, caption: caption)], cellSide: 64).rendered()
        }
        let one = try #require(sheet("1 0.25"))
        #expect(one != sheet("2 0.25"))
        #expect(sheet("abc") == sheet("ABC"))
        let long = try #require(sheet(String(repeating: "W", count: 500)))
        #expect((long.width, long.height) == (one.width, one.height))
    }

    @Test func largerAndSmallerPicturesFit() throws {
        for (width, height) in [(1, 1), (500, 3), (3, 500), (300, 300)] {
            let cell = ContactSheet.Cell(picture: Pictures.scene(width: width, height: height), caption: "")
            #expect(ContactSheet(cells: [cell], cellSide: 64).rendered() != nil)
        }
        #expect(ContactSheet(cells: []).rendered() == nil)
    }

    @Test func becomesAJPEG() throws {
        let cell = ContactSheet.Cell(picture: Pictures.scene(width: 90, height: 60), caption: "#1 0.5")
        let sheet = ContactSheet(cells: [cell, cell, cell], cellSide: 90)
        let rendered = try #require(sheet.rendered())
        let jpeg = try #require(try sheet.jpeg())
        let decoded = try ImageDecoder().decode(jpeg, maxSide: 2_000)
        #expect(Pictures.difference(decoded.pixels, rendered) < 4)
    }
}
