import Foundation
import Rasters
import SosiaCore
import Testing

/// Files and names that want more than to be read.
@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct HostileTests {
    private static let window = PixelWindow(x: 0, y: 0, width: 64, height: 64)
    private let scene: Scene
    private let plain: String

    init() throws {
        scene = try Scene()
        let pixels = [UInt8](repeating: 9, count: 64 * 64)
        plain = try scene.translate(
            try scene.raw("raw", width: 64, height: 64, bands: 1, type: 1, bytes: pixels), "plain.tif")
    }

    @Test func addressesAndVirtualFilesAreRefused() throws {
        for path in [
            "http://127.0.0.1/x.tif", "https://example.org/x.tif", "vrt:///tmp/x.tif", "s3://bucket/x.tif",
            "/vsicurl/http://127.0.0.1/x.tif", "/vsicurl?url=http://127.0.0.1/x.tif", "/vsizip/\(plain)", "/vsistdin/",
            "/vsimem/x.tif", "/vsigzip/\(plain)", "/vsitar/x.tar/y.tif", "/vsis3/bucket/x.tif",
            "file://\(plain)", "\(plain)\u{0}.png",
        ] {
            do {
                _ = try Raster(opening: path)
                Issue.record("\(path) was opened")
            } catch .refused(let named, _) {
                #expect(named == path)
            }
        }
        // Names that mean something else to the library are only names.
        for path in [
            "GTIFF_DIR:1:\(plain)", "JPEG_SUBFILE:Q1,0,100,\(plain)", "MEM:::DATAPOINTER=1,PIXELS=64,LINES=64",
            "<VRTDataset rasterXSize=\"64\" rasterYSize=\"64\"></VRTDataset>", "COG:\(plain)", "WMS:x", "PG:dbname=x",
        ] {
            #expect(throws: RasterError.missing(path: path)) { try Raster(opening: path) }
        }
    }

    private func vrt(_ name: String, source: String, _ more: String = "", band: String = "") throws -> Raster {
        let path = try scene.write(
            name,
            """
            <VRTDataset rasterXSize="64" rasterYSize="64">\(more)<VRTRasterBand dataType="Byte" band="1" \(band)>
            <SimpleSource><SourceFilename relativeToVRT="0">\(source)</SourceFilename><SourceBand>1</SourceBand>
            <SrcRect xOff="0" yOff="0" xSize="64" ySize="64"/><DstRect xOff="0" yOff="0" xSize="64" ySize="64"/>
            </SimpleSource></VRTRasterBand></VRTDataset>
            """)
        return try Raster(opening: path)
    }

    /// Nothing that a file names makes the library call anybody.
    @Test func filesDoNotReachTheNetwork() throws {
        let listener = try #require(Listener())
        let address = "http://127.0.0.1:\(listener.port)/x.tif"
        for (number, source) in [
            address, "/vsicurl/\(address)", "/vsicurl?url=\(address)", "/vsicurl_streaming/\(address)",
            "/vsicurl_streaming?url=\(address)", "/vsisubfile/0_100,/vsicurl/\(address)",
            "/vsizip//vsicurl/\(address)/y.tif", "/vsigzip//vsicurl/\(address)", "/vsitar//vsicurl/\(address)/y.tif",
            "/vsiwebhdfs/\(address)", "vrt:///vsicurl/\(address)", "GTIFF_DIR:1:/vsicurl/\(address)",
            "/vsisparse//vsicurl/\(address)", "/vsicached?file=/vsicurl/\(address)", "WMS:\(address)",
            "&lt;GDAL_WMS&gt;&lt;Service name=&quot;TMS&quot;&gt;&lt;ServerUrl&gt;\(address)&lt;/ServerUrl&gt;"
                + "&lt;/Service&gt;&lt;/GDAL_WMS&gt;",
        ].enumerated() {
            let raster = try? vrt("net-\(number).vrt", source: source)
            #expect(throws: RasterError.self, "\(source)") {
                _ = try (raster ?? Raster(opening: scene.path("net-\(number).vrt"))).window(
                    Self.window, emptiness: .standard)
            }
        }
        let srs = "<SRS>\(address)</SRS><GeoTransform>10, 1, 0, 20, 0, -1</GeoTransform>"
        _ = try vrt("srs.vrt", source: plain, srs).window(Self.window, emptiness: .standard)
        #expect(listener.calls == 0)
        // The listener does hear those who call.
        #expect(listener.call())
        #expect(listener.calls == 1)
    }

    @Test(arguments: [
        "/vsistdin/", "/vsistdin?buffer_limit=1", "/vsicrypt/key=x,file=/etc/passwd", "/etc/passwd",
        "MEM:::DATAPOINTER=1,PIXELS=64,LINES=64", "PG:dbname=x", "/vsigzip//etc/passwd",
    ])
    func sourcesThatAreNoPictures(source: String) throws {
        let raster = try vrt("a.vrt", source: source)
        #expect(throws: RasterError.self) { try raster.window(Self.window, emptiness: .standard) }
    }

    @Test func filesThatNameThemselves() throws {
        #expect(throws: RasterError.self) {
            try vrt("self.vrt", source: scene.path("self.vrt")).window(Self.window, emptiness: .standard)
        }
    }

    /// The bytes of any file are no picture, named by a VRT or by one that it names.
    @Test func rawBytesAreNotShown() throws {
        let secret = try scene.write("secret", String(repeating: "password", count: 512))
        let raw = try scene.write(
            "raw.vrt",
            """
            <VRTDataset rasterXSize="64" rasterYSize="64">
            <VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">
            <SourceFilename relativeToVRT="0">\(secret)</SourceFilename>
            <ImageOffset>0</ImageOffset><PixelOffset>1</PixelOffset><LineOffset>64</LineOffset>
            </VRTRasterBand></VRTDataset>
            """)
        func expectRefusal(_ body: () throws -> Raster) {
            let error = #expect(throws: RasterError.self) { try body() }
            #expect("\(String(describing: error))".contains("bytes of other files"))
        }
        expectRefusal { try Raster(opening: raw) }
        expectRefusal { try vrt("nested.vrt", source: raw) }
        expectRefusal { try vrt("deeper.vrt", source: scene.path("nested.vrt")) }
        let inline = try String(contentsOfFile: raw, encoding: .utf8)
            .replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "VRTRaw", with: "vrtRAW")
        expectRefusal { try vrt("inline.vrt", source: inline) }
    }

    /// Whatever the environment allows.
    @Test func codeInFilesIsNotRun() throws {
        let proof = scene.path("proof")
        let path = try scene.write(
            "a.vrt",
            """
            <VRTDataset rasterXSize="64" rasterYSize="64">
            <VRTRasterBand dataType="Byte" band="1" subClass="VRTDerivedRasterBand">
            <PixelFunctionType>run</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>
            <PixelFunctionCode><![CDATA[
            open('\(proof)', 'w').write('x')
            def run(*args, **words):
                pass
            ]]></PixelFunctionCode>
            <SimpleSource><SourceFilename relativeToVRT="1">plain.tif</SourceFilename></SimpleSource>
            </VRTRasterBand></VRTDataset>
            """)
        #expect(throws: RasterError.self) { try Raster(opening: path).window(Self.window, emptiness: .standard) }
        #expect(!FileManager.default.fileExists(atPath: proof))
    }
}
