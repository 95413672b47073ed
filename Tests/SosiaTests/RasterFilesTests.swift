import Foundation
import Images
@testable import Sosia
import Rasters
import SosiaCore
import TestSupport
import Testing

/// Rasters that are read from more than one file, and files that are put back.
struct RasterFilesTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    /// 96 x 64 pixels in blocks of 8.
    private func write(_ name: String, seed: Int) throws {
        let bytes = (0..<64).flatMap { y in
            (0..<96).flatMap { x in (0..<3).map { UInt8((x / 8 * 37 + y / 8 * 91 + $0 * 53 + seed * 17) % 250 + 5) } }
        }
        let pixels = try #require(PixelImage(width: 96, height: 64, bytes: bytes))
        try folder.write(ImageEncoder.jpeg(pixels, quality: 95), to: name)
    }

    private func add(_ name: String) async throws -> IngestReport {
        try await store.add(rasters: [folder.path + "/" + name], cut: TileOptions(tile: 32, stride: 32))
    }

    private func state() async throws -> TileContainer.State? {
        try await store.tileContainers().first?.state(on: .host)
    }

    private func firstPixels() async throws -> PixelImage {
        let tile = try #require(try await store.pictures(limit: 100).last?.tile)
        return try await store.pixels(of: tile)
    }

    @Test func aMosaicIsWhatItsPartsAre() async throws {
        let bands = ["Red", "Green", "Blue"].enumerated().map { index, color in
            """
            <VRTRasterBand dataType="Byte" band="\(index + 1)"><ColorInterp>\(color)</ColorInterp><SimpleSource>
            <SourceFilename relativeToVRT="1">part.jpg</SourceFilename><SourceBand>\(index + 1)</SourceBand>
            </SimpleSource></VRTRasterBand>
            """
        }
        let mosaic = "<VRTDataset rasterXSize=\"96\" rasterYSize=\"64\">\(bands.joined())</VRTDataset>"
        try folder.write(Array(mosaic.utf8), to: "mosaic.vrt")
        try write("part.jpg", seed: 0)
        #expect(try await add("mosaic.vrt").added == 6)
        #expect(try await state() == .asAdded)
        let before = try await firstPixels()
        #expect(try await add("mosaic.vrt").unchanged == 6)
        let (part, path) = (folder.path + "/part.jpg", folder.path + "/mosaic.vrt")
        let stamp = try #require(try await store.tileContainers().first?.stamp)

        try write("part.jpg", seed: 1)
        #expect(try await state() == .changed)
        await #expect(throws: TileError.changed(path: path)) { try await firstPixels() }
        let report = try await add("mosaic.vrt")
        #expect(report.unchanged == 0 && report.skipped.isEmpty)
        #expect(try await state() == .asAdded)
        #expect(try await firstPixels() != before)
        #expect(try await store.count() == 6)
        #expect(try await store.tileContainers().first?.stamp != stamp)

        try FileManager.default.removeItem(atPath: part)
        #expect(try await state() == .missing)
        await #expect(throws: TileError.missing(path: part)) { try await firstPixels() }
    }

    @Test(arguments: ["a.wld", "a.jgw", "a.jpg.aux.xml", "a.jpg.ovr"])
    func sideFilesBelongToARaster(_ name: String) async throws {
        func parts() async throws -> [String]? { try await store.tileContainers().first?.facts.parts }
        try write("a.jpg", seed: 0)
        #expect(try await add("a.jpg").added == 6)
        #expect(try await parts() == nil)
        // One that comes is seen when the raster is added again, one that was there whenever it is looked at.
        let lines = name.hasSuffix("xml") ? "<PAMDataset/>" : "0.1\n0\n0\n-0.1\n10\n50\n"
        try folder.write(Array(lines.utf8), to: name)
        #expect(try await state() == .asAdded)
        #expect(try await add("a.jpg").skipped == [])
        #expect(try await parts() == [folder.path + "/" + name])
        #expect(try await state() == .asAdded)
        try folder.write(Array((lines + " ").utf8), to: name)
        #expect(try await state() == .changed)
        #expect(try await add("a.jpg").skipped == [])
        #expect(try await state() == .asAdded)
        try folder.remove(name)
        #expect(try await state() == .changed)
        #expect(try await add("a.jpg").skipped == [])
        #expect(try await parts() == nil)
        #expect(try await state() == .asAdded)
    }

    @Test func aFileThatIsPutBackIsReadAgain() async throws {
        try write("a.jpg", seed: 0)
        #expect(try await add("a.jpg").added == 6)
        let before = try await firstPixels()
        let path = folder.path + "/a.jpg"
        var status = stat()
        try #require(stat(path, &status) == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // From a copy: another file with the same content and time.
        try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/old.jpg")
        try bytes.write(to: URL(fileURLWithPath: path))
        let times = [status.st_atim, status.st_mtim]
        try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
        #expect(try await state() == .asAdded)
        #expect(try await firstPixels() == before)
        #expect(try await firstPixels() == before)
    }
}
