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

    private static func middle(_ window: PixelWindow) -> (Double, Double) {
        (Double(window.x) + Double(window.width) / 2, Double(window.y) + Double(window.height) / 2)
    }

    /// The corners and middles of some windows against the tool's, and back.
    private func compare(_ raster: Raster, _ windows: [PixelWindow]) throws {
        let corners = windows.flatMap { window in
            let (left, top) = (Double(window.x), Double(window.y))
            let (right, bottom) = (left + Double(window.width), top + Double(window.height))
            return [(left, top), (right, top), (right, bottom), (left, bottom)]
        }
        let outlines = try windows.map { try #require(raster.outline(of: $0)) }
        #expect(outlines.allSatisfy { $0.rings.count == 1 })
        let points = try zip(windows, outlines).flatMap { window, outline in
            try follows(window, raster, outline.rings[0])
        }
        #expect(points.count == corners.count)
        for (window, other) in zip(windows, try reference(raster.path, windows.map(Self.middle))) {
            let center = try #require(raster.center(of: window))
            #expect(abs(center.longitude - other.longitude) < 1e-9 && abs(center.latitude - other.latitude) < 1e-9)
        }
        for ((point, other), corner) in zip(zip(points, try reference(raster.path, corners)), corners) {
            // The tool prints 15 digits.
            #expect(abs(point.longitude - other.longitude) < 1e-9 && abs(point.latitude - other.latitude) < 1e-9)
            let pixel = try #require(raster.pixel(at: point))
            // A change of datum is undone to a millimetre.
            #expect(abs(pixel.x - corner.0) < 1e-3 && abs(pixel.y - corner.1) < 1e-3)
        }
    }

    /// Straight lines between the points of an outline are within a tenth of a pixel of the window's edge.
    /// - Returns: those of its points that are corners.
    private func follows(_ window: PixelWindow, _ raster: Raster, _ ring: [GeoPoint]) throws -> [GeoPoint] {
        var corners: [GeoPoint] = []
        for (from, to) in zip(ring, ring[1...] + ring[..<1]) {
            for step in 0..<5 {
                let share = Double(step) / 5
                let point = GeoPoint(
                    longitude: from.longitude + (to.longitude - from.longitude) * share,
                    latitude: from.latitude + (to.latitude - from.latitude) * share)
                let pixel = try #require(raster.pixel(at: point))
                let across = [pixel.x - Double(window.x), pixel.x - Double(window.x + window.width)].map(abs)
                let down = [pixel.y - Double(window.y), pixel.y - Double(window.y + window.height)].map(abs)
                #expect(min(across[0], across[1], down[0], down[1]) < 0.1)
                if step == 0, min(across[0], across[1]) < 1e-3, min(down[0], down[1]) < 1e-3 { corners.append(point) }
            }
        }
        return corners
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
        let two = try raster(points(10.4).replacing(/<GCP Id="[23]"[^>]*>/, with: ""))
        #expect(!two.facts.isGeoreferenced && two.facts.note?.contains("give it no place") == true)
    }

    /// What no affine transform fits is placed as the library's own tool places it.
    @Test func controlPointsAndCoefficientsOfAnyKindPlaceARaster() throws {
        var bent: [String] = []
        for index in 0..<12 {
            let column = Double(index % 4) * 130
            let row = Double(index / 4) * 140
            let x: Double = 500_000 + 10 * column + 0.004 * column * row
            let y: Double = 5_000_000 - 10 * row + 0.003 * column * column
            bent.append(#"<GCP Id="\#(index)" Pixel="\#(column)" Line="\#(row)" X="\#(x)" Y="\#(y)"/>"#)
        }
        let points = try raster(#"<GCPList Projection="EPSG:32633">\#(bent.joined())</GCPList>"#)
        #expect(points.facts.note?.contains("polynomial") == true)
        #expect(points.facts.projection == "WGS 84 / UTM zone 33N")
        func polynomial(_ numbers: [Int: Double]) -> String {
            (0..<20).map { "\(numbers[$0] ?? 0)" }.joined(separator: " ")
        }
        let metadata = [
            "LINE_OFF": "150", "SAMP_OFF": "200", "LAT_OFF": "47", "LONG_OFF": "11", "HEIGHT_OFF": "300",
            "LINE_SCALE": "150", "SAMP_SCALE": "200", "LAT_SCALE": "0.1", "LONG_SCALE": "0.15", "HEIGHT_SCALE": "500",
            // 1, longitude, latitude, height, their products, their squares.
            "LINE_NUM_COEFF": polynomial([1: 0.05, 2: -1, 3: 0.01, 4: 0.02]),
            "LINE_DEN_COEFF": polynomial([0: 1, 2: 0.01]),
            "SAMP_NUM_COEFF": polynomial([1: 1, 2: 0.06, 3: 0.02, 7: 0.01]),
            "SAMP_DEN_COEFF": polynomial([0: 1, 1: 0.02]),
        ]
        let items = metadata.map { "<MDI key=\"\($0)\">\($1)</MDI>" }.joined()
        let coefficients = try raster("<Metadata domain=\"RPC\">\(items)</Metadata>")
        #expect(coefficients.facts.note?.contains("rational polynomial") == true)
        let windows = Scene.windows(width: Self.width, height: Self.height, count: 12, seed: 3)
        for raster in [points, coefficients] {
            #expect(raster.facts.isGeoreferenced)
            for (window, other) in zip(windows, try reference(raster.path, windows.map(Self.middle))) {
                let center = try #require(raster.center(of: window))
                #expect(abs(center.longitude - other.longitude) < 1e-9 && abs(center.latitude - other.latitude) < 1e-9)
                #expect(raster.outline(of: window) != nil)
            }
        }
    }

    /// A file may name other files as its places; these are not opened.
    @Test func arraysOfPlacesInOtherFilesAreNotRead() throws {
        let items = ["X_DATASET", "Y_DATASET"].map { "<MDI key=\"\($0)\">\(scene.path("plain.tif"))</MDI>" }.joined()
        let raster = try raster("<Metadata domain=\"GEOLOCATION\">\(items)</Metadata>")
        #expect(!raster.facts.isGeoreferenced)
    }

    /// The middle of a window is not the middle of its outline's box, and what is inside the outline is inside the window.
    @Test(arguments: [
        // The Arctic: a pole within, at a corner, on an edge, beside.
        ("EPSG:3413", "-1920000, 10000, 0, 1920000, 0, -10000", PixelWindow(x: 0, y: 0, width: 256, height: 256)),
        ("EPSG:3413", "-1920000, 10000, 0, 1920000, 0, -10000", PixelWindow(x: 0, y: 0, width: 192, height: 192)),
        ("EPSG:3413", "-1920000, 10000, 0, 1920000, 0, -10000", PixelWindow(x: 192, y: 100, width: 200, height: 200)),
        ("EPSG:3413", "-1920000, 10000, 0, 1920000, 0, -10000", PixelWindow(x: 40, y: 210, width: 80, height: 60)),
        ("EPSG:3412", "-3950000, 25000, 0, 4350000, 0, -25000", PixelWindow(x: 100, y: 60, width: 200, height: 200)),
        ("EPSG:32633", "400000, 200, 0, 7200000, 0, -200", PixelWindow(x: 10, y: 10, width: 256, height: 256)),
        ("EPSG:3832", "3300000, 200, 0, 100000, 0, -200", PixelWindow(x: 100, y: 50, width: 250, height: 200)),
        ("EPSG:32660", "700000, 300, 0, 7700000, 0, -300", PixelWindow(x: 0, y: 0, width: 300, height: 300)),
        ("EPSG:4326", "-180, 0.9, 0, 90, 0, -0.6", PixelWindow(x: 0, y: 0, width: 400, height: 300)),
    ])
    func windowsAreWhereTheyAre(_ code: String, _ transform: String, _ window: PixelWindow) throws {
        let raster = try placed(code, transform)
        let center = try #require(raster.center(of: window))
        let other = try reference(raster.path, [Self.middle(window)])[0]
        let turn = abs(center.longitude - other.longitude)
        #expect(min(turn, 360 - turn) < 1e-9 && abs(center.latitude - other.latitude) < 1e-9)
        let outline = try #require(raster.outline(of: window))
        let parts = outline.partsWithinMap
        #expect(
            parts.flatMap { $0.rings.joined() }.allSatisfy {
                (-180.0...180).contains($0.longitude) && (-90.0...90).contains($0.latitude)
            })
        let area = try GeoArea(parts)
        var generator = SplitMix(seed: 9)
        for _ in 0..<400 {
            let pixel = PixelWindow(
                x: Int.random(in: 0..<Self.width, using: &generator),
                y: Int.random(in: 0..<Self.height, using: &generator), width: 1, height: 1)
            let point = try #require(raster.center(of: pixel))
            let isInside = pixel.overlaps(window)
            #expect(area.contains(point) == isInside, "\(pixel)")
        }
    }

    /// A satellite's view of the disk of the earth: the corners of the picture are sky.
    @Test func cornersInTheSkyDoNotCostTheMiddleItsPlace() throws {
        let raster = try placed(
            "+proj=geos +h=35785831 +lon_0=0 +datum=WGS84", "-5568000, 27840, 0, 5568000, 0, -37120")
        #expect(raster.facts.isGeoreferenced)
        let whole = PixelWindow(x: 0, y: 0, width: Self.width, height: Self.height)
        let middle = try #require(raster.center(of: whole))
        #expect(abs(middle.longitude) < 1e-9 && abs(middle.latitude) < 1e-9)
        #expect(raster.outline(of: whole) == nil)
        #expect(raster.center(of: PixelWindow(x: 0, y: 0, width: 9, height: 9)) == nil)
        #expect(raster.outline(of: PixelWindow(x: 150, y: 100, width: 100, height: 100)) != nil)
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
