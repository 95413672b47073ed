import Rasters
import SosiaCore
import Testing

struct TilePlanTests {
    @Test func theImageOfThePaperHas9936Tiles() throws {
        let plan = try TilePlan(width: 12_000, height: 14_000, tile: 256, stride: 128)
        #expect(plan.columns == 92)
        #expect(plan.rows == 108)
        #expect(plan.count == 9_936)
        #expect(plan.window(at: 0) == PixelWindow(x: 0, y: 0, width: 256, height: 256))
        #expect(plan.window(at: 91) == PixelWindow(x: 11_648, y: 0, width: 256, height: 256))
        #expect(plan.window(at: 92) == PixelWindow(x: 0, y: 128, width: 256, height: 256))
        #expect(plan[9_935] == PixelWindow(x: 11_648, y: 13_696, width: 256, height: 256))
        #expect((plan.width, plan.height) == (11_904, 13_952))
    }

    /// Every plan against all positions tried one by one.
    @Test func plansHoldEveryWholeWindowOnce() throws {
        for (tile, stride) in [(16, 1), (16, 7), (16, 16), (16, 40), (31, 5), (64, 100)] {
            for width in [tile, tile + 1, tile + stride - 1, tile + stride, 3 * tile + 2 * stride + 1] {
                for height in [tile, tile + stride, 2 * tile + 3] {
                    let plan = try TilePlan(width: width, height: height, tile: tile, stride: stride)
                    var expected: [PixelWindow] = []
                    for y in Swift.stride(from: 0, to: height, by: stride) where y + tile <= height {
                        for x in Swift.stride(from: 0, to: width, by: stride) where x + tile <= width {
                            expected.append(PixelWindow(x: x, y: y, width: tile, height: tile))
                        }
                    }
                    #expect(Array(plan) == expected)
                    #expect(plan.width <= width && plan.height <= height)
                }
            }
        }
    }

    @Test func whatCannotBeATileIsRefused() throws {
        #expect(throws: RasterError.tooSmall(width: 255, height: 300, tile: 256)) {
            try TilePlan(width: 255, height: 300, tile: 256, stride: 128)
        }
        #expect(throws: RasterError.tooSmall(width: 300, height: 0, tile: 256)) {
            try TilePlan(width: 300, height: 0, tile: 256, stride: 128)
        }
        for stride in [0, -1, Int.min, TileOptions.maximumStride + 1] {
            #expect(
                throws: RasterError.invalidStride(
                    got: stride, minimum: TileOptions.minimumStride, maximum: TileOptions.maximumStride)
            ) { try TilePlan(width: 300, height: 300, tile: 256, stride: stride) }
        }
        for tile in [0, -256, TileOptions.minimumTile - 1, Int.max] {
            #expect(
                throws: RasterError.invalidTile(
                    got: tile, minimum: TileOptions.minimumTile, maximum: TileOptions.maximumTile)
            ) { try TilePlan(width: 300, height: 300, tile: tile, stride: 128) }
        }
    }

    @Test func sharesOutsideTheirRangeAreRefused() throws {
        #expect(try TileOptions() == .standard)
        for share in [-0.1, 1.1, Double.infinity] {
            #expect(throws: RasterError.invalidEmptyShare(got: share, minimum: 0, maximum: 1)) {
                try TileOptions(emptyShare: share)
            }
        }
        #expect(throws: RasterError.self) { try TileOptions(emptyShare: .nan) }
    }
}
