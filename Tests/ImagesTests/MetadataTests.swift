@testable import Images
import SosiaCore
import Testing

/// The same block of facts is found wherever a container keeps it.
struct MetadataTests {
    static let block = EXIFBytes(
        main: [(0x010f, .text("Acme")), (0x0110, .text("Acme One")), (0x0112, .short(6))],
        photo: [(0x9003, .text("2019:07:04 10:11:12")), (0x9011, .text("+02:00"))],
        gps: [
            (1, .text("N")), (2, .rationals([(48, 1), (30, 1), (0, 1)])),
            (3, .text("E")), (4, .rationals([(2, 1), (15, 1), (0, 1)])),
        ])
    static let packet = Containers.xmp(
        """
        <rdf:Description rdf:about='' xmp:CreateDate="2019-07-04T10:11:12.5+02:00" exif:GPSLatitude='48,30.0N'
          exif:GPSLongitude = "2,15,0E"><tiff:Make>Acme</tiff:Make><tiff:Model>Acme One </tiff:Model>
        <tiff:Orientation>6</tiff:Orientation></rdf:Description>
        """)
    static let structure = Array(block.bytes.dropFirst(6))

    static func metadata(_ bytes: [UInt8]) throws -> PictureMetadata {
        let format = try #require(PictureFormat(sniffing: bytes))
        return PictureMetadata(MetadataBlocks(of: bytes, format: format))
    }

    private static func expectAll(_ bytes: [UInt8], _ comment: Comment? = nil) throws {
        let found = try metadata(bytes)
        #expect(found.orientation == 6, comment)
        #expect(found.captured == "2019-07-04T10:11:12+02:00", comment)
        #expect(found.camera == "Acme One", comment)
        #expect(found.position == PictureFacts.Position(latitude: 48.5, longitude: 2.25), comment)
    }

    @Test func jpegBehindJunk() throws {
        let plain = try Pictures.jpeg(width: 32, height: 24)
        let block = Self.block.bytes
        try Self.expectAll(Pictures.jpeg(plain, with: 0xe1, block))
        let marker = Array("Exif\0\0".utf8)
        let nothing = EXIFBytes(main: [(0x0131, .text("No fact"))]).bytes
        for junk in [
            nothing, marker, marker + [1, 2, 3], marker + [UInt8](repeating: 7, count: 300), Array("Exif".utf8), [],
        ] {
            try Self.expectAll(Pictures.jpeg(Pictures.jpeg(plain, with: 0xe1, block), with: 0xe1, junk), "\(junk)")
        }
        // A second header of a segment, one zero and another byte, small letters.
        try Self.expectAll(Pictures.jpeg(plain, with: 0xe1, [0xff, 0xe1, 0, 99] + block))
        try Self.expectAll(Pictures.jpeg(plain, with: 0xe1, Array("exif\0".utf8) + [0xff] + Self.structure))
        // Segments of other kinds, and XMP without EXIF.
        let others = Pictures.jpeg(Pictures.jpeg(plain, with: 0xe1, block), with: 0xe3, Array("Meta\0\0".utf8))
        try Self.expectAll(Pictures.jpeg(others, with: 0xe1, Containers.xmpMarker + Containers.xmp("")))
        try Self.expectAll(Pictures.jpeg(plain, with: 0xe1, Containers.xmpMarker + Self.packet))
    }

    @Test func png() throws {
        let picture = Pictures.scene(width: 8, height: 6)
        let text = Containers.rawProfile("exif", Self.block.bytes)
        let xmp = Containers.internationalTextChunk
        for chunk in [
            Pictures.chunk("eXIf", Self.structure), Pictures.chunk("eXIf", Self.block.bytes),
            Containers.deflatedTextChunk("Raw profile type exif", text),
            Containers.textChunk("Raw profile type APP1", text),
            Containers.deflatedTextChunk("Raw profile type APP1", Containers.rawProfile("app1", Self.block.bytes)),
            Containers.textChunk("Raw profile type xmp", Containers.rawProfile("xmp", Self.packet)),
            Containers.textChunk(
                "Raw profile type APP1", Containers.rawProfile("app1", Containers.xmpMarker + Self.packet)),
            xmp("XML:com.adobe.xmp", Self.packet, false), xmp("XML:com.adobe.xmp", Self.packet, true),
        ] {
            try Self.expectAll(Pictures.png(picture, before: chunk))
            try Self.expectAll(Pictures.png(picture, behind: chunk))
        }
        let other = EXIFBytes(main: [(0x0110, .text("Other"))]).bytes
        let old = Containers.textChunk("Raw profile type exif", Containers.rawProfile("exif", other))
        let both = Pictures.png(picture, before: old, behind: Pictures.chunk("eXIf", Self.structure))
        #expect(try Self.metadata(both).camera == "Acme One")
    }

    @Test func tiff() throws {
        let picture = Pictures.scene(width: 8, height: 6)
        let plain = Containers.tiff(picture, EXIFBytes())
        let found = try Self.metadata(plain)
        #expect(found.captured == nil && found.camera == nil && found.position == nil && found.orientation == nil)
        try Self.expectAll(Containers.tiff(picture, Self.block))
        try Self.expectAll(Containers.tiff(picture, EXIFBytes(), xmp: Self.packet))
        // The directories behind what they name; far behind all that libexif would look at.
        let big = Containers.bigTIFF(model: "Large One", time: "2019:07:04 10:11:12")
        #expect(try Self.metadata(big).camera == "Large One")
        #expect(try Self.metadata(big).captured == "2019-07-04T10:11:12")
        var moved = Array(Self.structure[..<4]) + Pictures.bigEndian(200_008, 4) + [UInt8](repeating: 0, count: 200_000)
        moved += EXIFBytes(main: [(0x0110, .text("Far"))]).bytes.dropFirst(6 + 8)
        #expect(try Self.metadata(moved).camera == "Far")
    }

    @Test func thePictureBehindItsReducedCopySpeaks() throws {
        let small = EXIFBytes(main: [(0x00fe, .long(1)), (0x0110, .text("One"))]).bytes.dropFirst(6)
        let large = EXIFBytes(main: [(0x0110, .text("Two")), (0x9003, .text("20"))]).bytes.dropFirst(6 + 8)
        var file = Array(small)
        // Behind the two entries of the first directory.
        let link = 8 + 2 + 2 * 12
        file.replaceSubrange(link..<link + 4, with: Pictures.bigEndian(file.count, 4))
        let found = EXIFBlock(try #require(TIFFStructure((file + large)[...])?.exifBlock()))
        #expect(found.model == "One" && found.times.contains { $0.text == "20" })
    }

    @Test func webP() throws {
        for block in [Self.structure, Self.block.bytes] {
            try Self.expectAll(Containers.webP([("ALPH", [1, 2, 3, 4, 5]), ("EXIF", block), ("XMP ", [0])]))
        }
        try Self.expectAll(Containers.webP([("XMP ", Self.packet)]))
        try Self.expectAll(Containers.webP([("XMP ", Containers.xmp("")), ("EXIF", Self.block.bytes)]))
    }

    @Test func gif() throws {
        let screen: [UInt8] = [1, 0, 1, 0, 0, 0, 0]
        let image: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]
        let packet: [UInt8] = [0x21, 0xff, 11] + Array("XMP DataXMP".utf8) + Self.packet + [1, 0xff, 0xfe, 0, 0]
        try Self.expectAll(Array("GIF89a".utf8) + screen + packet + image)
    }

    @Test(arguments: ["heic", "avif"]) func items(brand: String) throws {
        let marker = Array("Exif\0\0".utf8)
        let beginnings: [(before: [UInt8], behind: [UInt8])] = [
            ([0, 0, 0, 0], []), ([0, 0, 0, 6], marker), ([0, 0, 0, 10, 1, 2, 3, 4], marker),
            // Without the length of what stands before, or with a wrong one.
            ([], []), ([], marker), ([0, 0, 0, 0], marker), ([0, 0, 0, 6], []), ([0xff, 0xff, 0xff, 0xff], marker),
        ]
        for (before, behind) in beginnings {
            let block = before + behind + Self.structure
            try Self.expectAll(Containers.heif([.init(pieces: [block])], brand: brand), "\(block.prefix(16))")
            try Self.expectAll(Containers.heif([.init(pieces: [block], isInData: true)], brand: brand))
            let pieces = [Array(block[..<30]), Array(block[30..<31]), Array(block[31...])]
            try Self.expectAll(Containers.heif([.init(pieces: pieces)], brand: brand))
        }
        try Self.expectAll(Containers.heif([.init(kind: "mime", pieces: [Self.packet])], brand: brand))
        let several = [
            Containers.Item(kind: "hvc1", pieces: [[1, 2, 3]]), .init(pieces: [[9, 9]]),
            .init(pieces: [[0, 0, 0, 0] + Self.structure], isInData: true), .init(kind: "mime", pieces: [[]]),
        ]
        try Self.expectAll(Containers.heif(several, brand: brand))
    }

    @Test func littleEndianBlocks() throws {
        let file = Containers.bigTIFF(model: "Large One", time: "2019:07:04 10:11:12")
        let png = Pictures.png(Pictures.scene(width: 2, height: 2), behind: Pictures.chunk("eXIf", file))
        #expect(try Self.metadata(png).captured == "2019-07-04T10:11:12")
    }

    @Test func xmpSpeaksWhereEXIFIsSilent() throws {
        let plain = try Pictures.jpeg(width: 32, height: 24)
        let xmp = Pictures.jpeg(plain, with: 0xe1, Containers.xmpMarker + Self.packet)
        let both = Pictures.jpeg(xmp, with: 0xe1, EXIFBytes(main: [(0x0110, .text("Acme Two"))]).bytes)
        let found = try Self.metadata(both)
        #expect(found.camera == "Acme Two" && found.orientation == 6)
        #expect(found.captured == "2019-07-04T10:11:12+02:00" && found.position?.latitude == 48.5)
    }
}
