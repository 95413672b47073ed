import Foundation
import SosiaCore
import Testing

/// How a file is cut, as catalogs keep it.
struct TilingTests {
    private static let tiling = TileContainer.Tiling(
        tile: 256, stride: 128, emptyShare: 0.5, emptiness: ["black", "mask"], blackLevel: 3)

    private func decoded(_ text: String) throws -> TileContainer.Tiling {
        try JSONDecoder().decode(TileContainer.Tiling.self, from: Data(text.utf8))
    }

    @Test func theLevelIsAFieldOfItsOwn() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(Self.tiling), as: UTF8.self)
        #expect(
            text == #"{"blackLevel":3,"emptiness":["black","mask"],"emptyShare":0.5,"stride":128,"tile":256}"#)
        #expect(try decoded(text) == Self.tiling)
        let plain = TileContainer.Tiling(tile: 32, stride: 32)
        #expect(try decoded(String(decoding: encoder.encode(plain), as: UTF8.self)) == plain)
    }

    @Test func earlierReleasesWroteItAsAWord() throws {
        let old = #"{"emptiness":["black","mask","level 3"],"emptyShare":0.5,"stride":128,"tile":256}"#
        #expect(try decoded(old) == Self.tiling)
        let without = #"{"emptiness":[],"emptyShare":1,"stride":32,"tile":32}"#
        #expect(try decoded(without) == TileContainer.Tiling(tile: 32, stride: 32))
        let wrong = #"{"emptiness":["level 999"],"emptyShare":1,"stride":32,"tile":32}"#
        #expect(try decoded(wrong) == TileContainer.Tiling(tile: 32, stride: 32))
    }
}
