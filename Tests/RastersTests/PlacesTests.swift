import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct PlacesTests {
    private static let width = 400
    private static let height = 300
    private let scene: Scene

    init() throws { scene = try Scene() }

    /// A small gray raster with this much of a VRT's head.
    private func raster(_ head: String) throws -> Raster {
        let pixels = [UInt8](repeating: 9, count: Self.width * Self.height)
        let raw = try scene.raw("raw", width: Self.width, height: Self.height, bands: 1, type: 1, bytes: pixels)
        try scene.translate(raw, "plain.tif")
        let path = try scene.write(
            "\(UUID()).vrt",
            """
            <VRTDataset rasterXSize="\(Self.width)" rasterYSize="\(Self.height)">\(head)
            <VRTRasterBand dataType="Byte" band="1"><SimpleSource>
            <SourceFilename relativeToVRT="1">plain.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>
            """)
        return try Raster(opening: path)
    }

    private func placed(_ code: String, _ transform: String) throws -> Raster {
        try raster("<SRS>\(code)</SRS><GeoTransform>\(transform)</GeoTransform>")
    }

    /// What `gdaltransform` says of these pixels of a file.
    private func reference(_ path: String, _ pixels: [(Double, Double)]) throws -> [GeoPoint] {
        let input = pixels.map { "\($0.0) \($0.1)\n" }.joined()
        let output = try GDALTools.run(
            "gdaltransform", ["-t_srs", "+proj=longlat +datum=WGS84 +no_defs", "-output_xy", path], input: input)
        return try output.split(separator: "\n").map { line in
            let numbers = try line.split(separator: " ").map { try #require(Double($0)) }
            return GeoPoint(longitude: numbers[0], latitude: numbers[1])
        }
    }

    /// The corners of some windows against the tool's, and back.
    private func compare(_ raster: Raster, _ windows: [PixelWindow]) throws {
        let corners = windows.flatMap { window in
            let (left, top) = (Double(window.x), Double(window.y))
            let (right, bottom) = (left + Double(window.width), top + Double(window.height))
            return [(left, top), (right, top), (right, bottom), (left, bottom)]
        }
        let outlines = try windows.map { try #require(raster.outline(of: $0)) }
        #expect(outlines.allSatisfy { $0.rings.count == 1 && $0.rings[0].count == 4 })
        let points = outlines.flatMap { $0.rings[0] }
        for ((point, other), corner) in zip(zip(points, try reference(raster.path, corners)), corners) {
            // The tool prints 15 digits.
            #expect(abs(point.longitude - other.longitude) < 1e-9 && abs(point.latitude - other.latitude) < 1e-9)
            let pixel = try #require(raster.pixel(at: point))
            // A change of datum is undone to a millimetre.
            #expect(abs(pixel.x - corner.0) < 1e-3 && abs(pixel.y - corner.1) < 1e-3)
        }
    }

    @Test(.enabled(if: Aerial.isPresent, Aerial.absence)) func aSurveyIsWhereOthersSeeIt() throws {
        let raster = try Raster(opening: Aerial.survey)
        #expect(raster.facts.isGeoreferenced && raster.facts.projection == "NAD83 / UTM zone 14N")
        #expect(raster.facts.shown == [0, 1, 2] && raster.facts.bands.count == 4)
        try compare(raster, Scene.windows(width: raster.facts.width, height: raster.facts.height, count: 8, seed: 5))
        // One pixel's values, asked for by place.
        let middle = try #require(raster.outline(of: PixelWindow(x: 500, y: 400, width: 1, height: 1))).rings[0]
        let longitude = middle.map(\.longitude).reduce(0, +) / 4
        let latitude = middle.map(\.latitude).reduce(0, +) / 4
        let values = try GDALTools.run(
            "gdallocationinfo", ["-valonly", "-wgs84", Aerial.survey, "\(longitude)", "\(latitude)"])
        let window = PixelWindow(x: 500, y: 400, width: 1, height: 1)
        let pixel = try raster.window(window, emptiness: .standard).pixels.bytes
        #expect(values.split(separator: "\n").prefix(3).compactMap { UInt8($0) } == pixel)
    }

    @Test(arguments: [
        ("EPSG:32633", "500000, 10, 0, 5000000, 0, -10"), ("EPSG:32633", "500000, 7, 3, 5000000, 3, -7"),
        ("EPSG:32633", "500000, 0, -10, 5000000, -10, 0"), ("EPSG:3857", "-8000000, 100, 0, 5000000, 0, -100"),
        ("EPSG:4326", "10, 0.001, 0, 50, 0, -0.001"), ("EPSG:2193", "1600000, 5, 0, 5400000, 0, -5"),
        ("EPSG:27700", "400000, 5, 0, 300000, 0, 5"), ("EPSG:3031", "-100000, 500, 0, 2000000, 0, -500"),
    ])
    func everyProjectionAndRotation(code: String, transform: String) throws {
        let raster = try placed(code, transform)
        #expect(raster.facts.isGeoreferenced)
        try compare(raster, Scene.windows(width: Self.width, height: Self.height, count: 4, seed: 7))
    }

    /// Formats without places of their own have them in a file beside.
    @Test func sideFilesAreRead() throws {
        let pixels = Scene.pixels(width: 64, height: 64)
        let raw = try scene.raw("raw", width: 64, height: 64, bands: 3, type: 1, bytes: pixels)
        for driver in ["PNG", "JPEG", "JP2OpenJPEG"] {
            let corners = "-a_srs EPSG:32633 -a_ullr 500000 5000000 500640 4999360".words
            let raster = try Raster(opening: try scene.translate(raw, "a." + driver, ["-of", driver] + corners))
            #expect(raster.facts.projection == "WGS 84 / UTM zone 33N", "\(driver)")
            try compare(raster, [PixelWindow(x: 3, y: 5, width: 32, height: 16)])
        }
    }

    /// UTM zone 60 ends at the antimeridian; a tile across it is in one piece.
    @Test func outlinesAreContinuousAcrossTheAntimeridian() throws {
        let pacific = try placed("EPSG:3832", "3300000, 200, 0, 100000, 0, -200")
        let window = PixelWindow(x: 100, y: 50, width: 250, height: 200)
        let ring = try #require(pacific.outline(of: window)).rings[0]
        #expect(ring[0].longitude < 180 && ring[1].longitude > 180 && ring[2].longitude > 180)
        #expect(ring[1].longitude - ring[0].longitude < 1)
        // Both names of the place beyond lead to the same pixel.
        for longitude in [ring[1].longitude, ring[1].longitude - 360] {
            let point = GeoPoint(longitude: longitude, latitude: ring[1].latitude)
            let pixel = try #require(pacific.pixel(at: point))
            #expect(abs(pixel.x - 350) < 1e-4 && abs(pixel.y - 50) < 1e-4)
        }
        for (transform, expected) in [
            ("179.9, 0.001, 0, 10, 0, -0.001", 179.9...180.3), ("-180.1, 0.001, 0, 10, 0, -0.001", 179.9...180.3),
            ("190, 0.001, 0, 10, 0, -0.001", -170 ... -169.6), ("-180, 0.9, 0, 80, 0, -0.5", -180...180.0),
            ("0, 0.9, 0, 80, 0, -0.5", 0...360.0), ("-10, 0.9, 0, 80, 0, -0.5", -10...350.0),
        ] {
            let raster = try placed("EPSG:4326", transform)
            let whole = PixelWindow(x: 0, y: 0, width: Self.width, height: Self.height)
            let longitudes = try #require(raster.outline(of: whole)).rings[0].map(\.longitude)
            let (least, most) = (try #require(longitudes.min()), try #require(longitudes.max()))
            #expect(abs(least - expected.lowerBound) < 1e-9 && abs(most - expected.upperBound) < 1e-9, "\(transform)")
            for (x, y) in [(3.5, 4.5), (200, 150), (399, 299)] {
                let small = PixelWindow(x: Int(x), y: Int(y), width: 1, height: 1)
                let corner = try #require(raster.outline(of: small)).rings[0][0]
                let pixel = try #require(raster.pixel(at: corner))
                #expect(abs(pixel.x - x.rounded(.down)) < 1e-6 && abs(pixel.y - y.rounded(.down)) < 1e-6)
            }
        }
    }

    @Test func controlPointsCountWhenAnAffineTransformFitsThem() throws {
        func points(_ last: Double) -> String {
            let list = [(0.0, 0.0, 10.0, 50.0), (400, 0, 10.4, 50), (0, 300, 10, 49.7), (400, 300, last, 49.7)]
            let words = list.enumerated().map { index, gcp in
                #"<GCP Id="\#(index)" Pixel="\#(gcp.0)" Line="\#(gcp.1)" X="\#(gcp.2)" Y="\#(gcp.3)"/>"#
            }
            return #"<GCPList Projection="EPSG:4326">\#(words.joined())</GCPList>"#
        }
        let exact = try raster(points(10.4))
        #expect(exact.facts.isGeoreferenced && exact.facts.note?.contains("control points") == true)
        let point = try #require(exact.outline(of: PixelWindow(x: 100, y: 100, width: 10, height: 10))).rings[0][0]
        #expect(abs(point.longitude - 10.1) < 1e-9 && abs(point.latitude - 49.9) < 1e-9)
        let bent = try raster(points(10.9))
        #expect(!bent.facts.isGeoreferenced && bent.facts.note?.contains("no affine") == true)
    }

    @Test func withoutGeoreferenceThereAreNoPlaces() throws {
        for (head, words) in [
            ("", "no georeference"), ("<SRS>EPSG:4326</SRS>", "no georeference"),
            ("<GeoTransform>10, 1, 0, 20, 0, -1</GeoTransform>", "names no projection"),
            ("<SRS>EPSG:4326</SRS><GeoTransform>10, 1, 1, 20, 1, 1</GeoTransform>", "a line"),
            ("<SRS>EPSG:4326</SRS><GeoTransform>10, 0, 0, 20, 0, 0</GeoTransform>", "a line"),
            (
                #"<SRS>LOCAL_CS["a yard",UNIT["metre",1]]</SRS><GeoTransform>10, 1, 0, 20, 0, -1</GeoTransform>"#,
                "no place"
            ),
        ] {
            let raster = try raster(head.replacingOccurrences(of: "\"", with: "&quot;"))
            #expect(!raster.facts.isGeoreferenced)
            #expect(raster.facts.note?.contains(words) == true, "\(head): \(raster.facts.note ?? "")")
            #expect(raster.outline(of: PixelWindow(x: 0, y: 0, width: 10, height: 10)) == nil)
            #expect(raster.pixel(at: GeoPoint(longitude: 10, latitude: 20)) == nil)
        }
    }

    @Test func placesWithoutACounterpartAreNone() throws {
        let raster = try placed("EPSG:3857", "-8000000, 100, 0, 5000000, 0, -100")
        #expect(raster.pixel(at: GeoPoint(longitude: .nan, latitude: 0)) == nil)
        #expect(raster.pixel(at: GeoPoint(longitude: 0, latitude: 1_000)) == nil)
    }

    @Test func severalThreadsAskForPlaces() async throws {
        let raster = try placed("EPSG:32633", "500000, 7, 3, 5000000, 3, -7")
        let windows = Scene.windows(width: Self.width, height: Self.height, count: 200, seed: 11)
        let expected = windows.map { raster.outline(of: $0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { windows.map { raster.outline(of: $0) } == expected } }
            for await isEqual in group { #expect(isEqual) }
        }
    }
}
