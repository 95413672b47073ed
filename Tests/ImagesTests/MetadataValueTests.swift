@testable import Images
import SosiaCore
import Testing

/// What blocks say, and what they mean.
struct MetadataValueTests {
    private static func metadata(_ exif: EXIFBytes) -> PictureMetadata {
        var blocks = MetadataBlocks()
        blocks.offer(exif: exif.bytes[...])
        return PictureMetadata(blocks)
    }

    private static func metadata(xmp properties: String) -> PictureMetadata {
        var blocks = MetadataBlocks()
        blocks.offer(xmp: Containers.xmp("<rdf:Description \(properties)/>")[...])
        return PictureMetadata(blocks)
    }

    private typealias Entries = [(tag: Int, value: EXIFBytes.Value)]

    @Test func theTimeOfCaptureFallsBack() {
        let time = EXIFBytes.Value.text("2019:07:04 10:11:12")
        let other = EXIFBytes.Value.text("2020:01:01 00:00:00")
        let zero = EXIFBytes.Value.text("0000:00:00 00:00:00")
        let cases: [(main: Entries, photo: Entries)] = [
            ([], [(0x9003, time), (0x9004, other)]),
            ([(0x0132, other), (0x9003, other)], [(0x9003, time), (0x9004, other)]),
            ([(0x9003, time)], [(0x9000, .bytes(kind: 7, Array("0232".utf8)))]),
            ([(0x9003, time)], [(0x9003, zero), (0x9004, other)]),
            ([(0x0132, other)], [(0x9004, time)]),
            ([(0x0132, other), (0x9004, time)], []),
            ([], [(0x9003, zero), (0x9004, time)]),
            ([], [(0x9003, .text("2019:02:30 10:11:12")), (0x9004, time)]),
            ([(0x0132, time)], [(0x9003, .text("    :  :     :  :  ")), (0x9004, .text("never"))]),
            ([(0x0132, time)], []),
            ([], [(0x9003, .bytes(kind: 7, Array("2019:07:04 10:11:12".utf8)))]),
            ([], [(0x9003, .bytes(kind: 129, Array("2019:07:04 10:11:12\0".utf8)))]),
        ]
        for (number, stored) in cases.enumerated() {
            let found = Self.metadata(EXIFBytes(main: stored.main, photo: stored.photo)).captured
            #expect(found == "2019-07-04T10:11:12", "\(number)")
        }
        for text in ["2019:02:30 10:11:12", "2019:06:31 10:11:12", "0000:00:00 00:00:00"] {
            #expect(Self.metadata(EXIFBytes(photo: [(0x9003, .text(text))])).captured == nil)
        }
    }

    @Test func eachTimeHasItsOffset() {
        let (original, digitized, changed) = ("2019:07:04 10:11:12", "2019:07:05 10:11:12", "2019:07:06 10:11:12")
        var exif = EXIFBytes(
            main: [(0x0132, .text(changed))],
            photo: [
                (0x9003, .text(original)), (0x9004, .text(digitized)), (0x9010, .text("+01:00")),
                (0x9011, .text("Z")), (0x9012, .text("-03:30")),
            ])
        #expect(Self.metadata(exif).captured == "2019-07-04T10:11:12Z")
        exif.photo.removeFirst()
        #expect(Self.metadata(exif).captured == "2019-07-05T10:11:12-03:30")
        exif.photo.removeFirst()
        #expect(Self.metadata(exif).captured == "2019-07-06T10:11:12+01:00")
    }

    @Test func timesOfManyHands() {
        for (text, offset, expected) in [
            ("2019-07-04 10:11:12", "", "2019-07-04T10:11:12"),
            ("2019/07/04 10:11:12", "+0200", "2019-07-04T10:11:12+02:00"),
            ("2019-07-04T10:11:12.123Z", "+01:00", "2019-07-04T10:11:12Z"),
            ("2019:07:04 10:11:12-07:00", "", "2019-07-04T10:11:12-07:00"),
            ("2019:07:04 10:11:12 +07", "", "2019-07-04T10:11:12+07:00"),
            ("2019:07:04 10:11:12.50", "z", "2019-07-04T10:11:12Z"),
            ("2019:07:04 10:11:12", "  :  ", "2019-07-04T10:11:12"),
            ("2019:07:04 10:11:12", "+25:00", "2019-07-04T10:11:12"),
            ("2019-07-04T10:11", "", "2019-07-04T10:11"), ("2019-07-04T10:11+02:00", "", "2019-07-04T10:11+02:00"),
            ("2019:07:04", "", "2019-07-04"), ("2019:07:04   :  :  ", "+02:00", "2019-07-04"),
            ("2020:02:29 00:00:00", "", "2020-02-29T00:00:00"), ("2000:02:29 23:59:60", "", "2000-02-29T23:59:60"),
        ] {
            #expect(PictureFacts.timestamp(text, offset: offset) == expected, "\(text)")
        }
        for text in [
            "1900:02:29 00:00:00", "2019:02:29 00:00:00", "2019:00:10 00:00:00", "2019:01:00 00:00:00",
            "2019:01:32 00:00:00", "2019:04:31 00:00:00", "0000:01:01 00:00:00", "2019", "2019:07", "2019:07:",
            "2019:07:04 1", "2019:07:04 10", "2019:07:04 10:60:00", "2019:07:04 10:11:61", "2019:07:04 10:11:1",
            "2019:07:04 10:11:12 later", "2019:07:04x10:11:12", "+019:07:04 10:11:12", "２０１９:07:04 10:11:12",
            "2019:07:04 10:11:12+99:00", "        ", "::::",
        ] {
            #expect(PictureFacts.timestamp(text, offset: "") == nil, "\(text)")
        }
    }

    @Test func positions() {
        let zero = EXIFBytes.Value.rationals([(0, 1), (0, 1), (0, 1)])
        let east = EXIFBytes.Value.rationals([(2, 1), (15, 1), (0, 1)])
        let cases: [(gps: Entries, latitude: Double, longitude: Double)] = [
            (
                [
                    (1, .text("N")), (2, .signedRationals([(60, 1), (8, 1), (481_416, 10_000)])),
                    (3, .text("E")), (4, .signedRationals([(24, 1), (54, 1), (244_192, 10_000)])),
                ], 60.146706, 24.906783
            ),
            (
                [
                    (1, .text("S")), (2, .signedRationals([(-33, 1), (-30, 1), (0, 1)])),
                    (3, .text("W")), (4, .signedRationals([(-70, 1), (30, 1), (0, 1)])),
                ], -33.5, -70.5
            ),
            ([(1, .text("N")), (2, .rationals([(48, 1), (305, 10)])), (3, .text("E")), (4, east)], 48.508333, 2.25),
            (
                [(1, .text("N")), (2, .rationals([(4_825, 100)])), (3, .text("W")), (4, .rationals([(1, 2)]))], 48.25,
                -0.5
            ),
            ([(1, .text("s")), (2, .rationals([(10, 1)])), (3, .text("w")), (4, east)], -10, -2.25),
            ([(1, .text("North")), (2, .rationals([(10, 1)])), (3, .bytes(kind: 7, [0x45])), (4, east)], 10, 2.25),
            ([(1, .text("N")), (2, zero), (3, .text("E")), (4, east)], 0, 2.25),
            ([(1, .text("N")), (2, east), (3, .text("E")), (4, zero), (9, .text("A"))], 2.25, 0),
            ([(1, .text("N")), (2, .rationals([(10, 1), (0, 0), (0, 0)])), (3, .text("E")), (4, east)], 10, 2.25),
        ]
        for (gps, latitude, longitude) in cases {
            let found = Self.metadata(EXIFBytes(gps: gps)).position
            #expect(abs((found?.latitude ?? 999) - latitude) < 1e-5, "\(gps)")
            #expect(abs((found?.longitude ?? 999) - longitude) < 1e-5, "\(gps)")
        }
    }

    @Test func noPositions() {
        let zero = EXIFBytes.Value.rationals([(0, 1), (0, 1), (0, 1)])
        let some = EXIFBytes.Value.rationals([(2, 1), (15, 1), (0, 1)])
        let cases: [Entries] = [
            [(1, .text("N")), (2, zero), (3, .text("E")), (4, zero)],
            [(1, .text("S")), (2, zero), (3, .text("W")), (4, .signedRationals([(0, 1)]))],
            [(1, .text("N")), (2, some), (3, .text("E")), (4, some), (9, .text("V"))],
            [(1, .text("N")), (2, some), (3, .text("E")), (4, some), (9, .text("v"))],
            [(1, .text("N")), (2, .rationals([(91, 1)])), (3, .text("E")), (4, some)],
            [(1, .text("N")), (2, .rationals([(1, 0)])), (3, .text("E")), (4, some)],
            [(1, .text("N")), (2, .rationals([(1, 1), (1, 0)])), (3, .text("E")), (4, some)],
            [(1, .text("E")), (2, some), (3, .text("N")), (4, some)],
            [(2, some), (4, some)],
            [(1, .text("N")), (2, .text("48.5")), (3, .text("E")), (4, some)],
        ]
        for gps in cases { #expect(Self.metadata(EXIFBytes(gps: gps)).position == nil, "\(gps)") }
    }

    @Test func orientations() {
        let cases: [(value: EXIFBytes.Value, expected: Int?)] = [
            (.short(8), 8), (.long(3), 3), (.short(0), nil), (.short(9), nil), (.long(65_542), nil), (.text("6"), nil),
        ]
        for (value, expected) in cases {
            #expect(Self.metadata(EXIFBytes(main: [(0x0112, value)])).orientation == expected)
        }
    }

    @Test func propertiesOfXMP() {
        for (position, latitude, longitude) in [
            ("exif:GPSLatitude='48,30.5S' exif:GPSLongitude='2,15,36W'", -48.508333, -2.26),
            ("exif:GPSLatitude='48.5n' exif:GPSLongitude='-2.25'", 48.5, -2.25),
            ("exif:GPSLatitude='0,0N' exif:GPSLongitude='2,0E'", 0, 2),
        ] {
            let found = Self.metadata(xmp: position).position
            #expect(abs((found?.latitude ?? 999) - latitude) < 1e-5, "\(position)")
            #expect(abs((found?.longitude ?? 999) - longitude) < 1e-5, "\(position)")
        }
        for position in [
            "exif:GPSLatitude='0,0N' exif:GPSLongitude='0,0E'", "exif:GPSLatitude='1,0N'",
            "exif:GPSLatitude='48,30N' exif:GPSLongitude='2,0E' exif:GPSStatus='V'",
            "exif:GPSLatitude='nanN' exif:GPSLongitude='2,0E'", "exif:GPSLatitude='1,2,3,4N' exif:GPSLongitude='2,0E'",
            "exif:GPSLatitude=',N' exif:GPSLongitude='2,0E'", "exif:GPSLatitude='' exif:GPSLongitude=''",
            "exif:GPSLatitude='0x10N' exif:GPSLongitude='1e3E'", "exif:GPSLatitude='99N' exif:GPSLongitude='1E'",
        ] {
            #expect(Self.metadata(xmp: position).position == nil, "\(position)")
        }
        let times =
            "xmp:ModifyDate='2021-01-01T00:00:00' xmp:CreateDate='2020-01-01' photoshop:DateCreated='2019-02-30'"
        #expect(Self.metadata(xmp: times).captured == "2020-01-01")
        #expect(Self.metadata(xmp: times.replacing("xmp:", with: "xap:")).captured == "2020-01-01")
        #expect(
            Self.metadata(xmp: times + " exif:DateTimeOriginal='2018-01-01T01:02:03Z'").captured
                == "2018-01-01T01:02:03Z")
        #expect(Self.metadata(xmp: "tiff:Make='AT&amp;T' tiff:Model='&lt;1&gt; '").camera == "AT&T <1>")
        for orientation in ["0", "9", "six", "", "6'", "-1"] {
            let expected = orientation == "6'" ? 6 : nil
            #expect(Self.metadata(xmp: "tiff:Orientation='\(orientation)'").orientation == expected)
        }
        // Neither the name in a longer one, nor one that has no value.
        #expect(Self.metadata(xmp: "xtiff:Model='a' tiff:Modelx='b' tiff:Model other='c'").camera == nil)
        #expect(Self.metadata(xmp: "tiff:Model tiff:Model='d'").camera == "d")
    }
}
