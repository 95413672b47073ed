import Rasters
import SosiaCore
import Testing

struct RasterPyramidTests {
    @Test(arguments: [
        (1, 1, 0), (256, 256, 0), (257, 1, 1), (512, 512, 1), (513, 2, 2), (600, 400, 2), (12_000, 14_000, 6),
        (2_147_483_647, 3, 23),
    ]) func theFirstLevelIsOnePiece(width: Int, height: Int, lastLevel: Int) throws {
        let pyramid = try #require(RasterPyramid(width: width, height: height))
        #expect(pyramid.lastLevel == lastLevel)
        #expect(try #require(pyramid.pieces(at: 0)) == (1, 1))
        let whole = try #require(pyramid.piece(level: 0, x: 0, y: 0))
        #expect(whole.window == PixelWindow(x: 0, y: 0, width: width, height: height))
    }

    /// At each level the pieces of a row and of a column lie side by side and end with the raster.
    @Test func piecesCoverTheRaster() throws {
        var generator = SplitMix(seed: 5)
        for _ in 0..<60 {
            let (width, height) = (
                Int.random(in: 1...5000, using: &generator), Int.random(in: 1...5000, using: &generator)
            )
            let pyramid = try #require(RasterPyramid(width: width, height: height))
            for level in 0...pyramid.lastLevel {
                let scale = 1 << (pyramid.lastLevel - level)
                let (columns, rows) = try #require(pyramid.pieces(at: level))
                let across = try (0..<columns).map { try #require(pyramid.piece(level: level, x: $0, y: 0)) }
                let down = try (0..<rows).map { try #require(pyramid.piece(level: level, x: 0, y: $0)) }
                #expect(across.map(\.window.x) == across.indices.map { $0 * 256 * scale })
                #expect(down.map(\.window.y) == down.indices.map { $0 * 256 * scale })
                #expect(across.reduce(0) { $0 + $1.window.width } == width)
                #expect(down.reduce(0) { $0 + $1.window.height } == height)
                for piece in across + down {
                    #expect((1...256).contains(piece.width) && (1...256).contains(piece.height))
                    #expect(piece.width == (piece.window.width + scale - 1) / scale)
                    #expect(piece.height == (piece.window.height + scale - 1) / scale)
                }
                #expect(pyramid.piece(level: level, x: columns, y: 0) == nil)
                #expect(pyramid.piece(level: level, x: 0, y: rows) == nil)
            }
        }
    }

    @Test func whatIsNoPiece() throws {
        let pyramid = try #require(RasterPyramid(width: 600, height: 400))
        for (level, x, y) in [
            (-1, 0, 0), (3, 0, 0), (.max, 0, 0), (2, -1, 0), (2, .min, 0), (2, .max, 0), (2, 0, .max),
        ] {
            #expect(pyramid.piece(level: level, x: x, y: y) == nil)
        }
        #expect(RasterPyramid(width: 0, height: 5) == nil)
        #expect(RasterPyramid(width: 5, height: -1) == nil)
    }
}
