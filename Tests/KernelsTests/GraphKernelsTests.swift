import Kernels
import SosiaCore
import TestSupport
import Testing

@Suite("Graph kernels against double precision, at every level the processor has")
struct GraphKernelsTests {
    static let levels = SIMDLevel.available

    /// Codes 0...15 of a row, by the layout that `sosia_graph.h` describes.
    static func codes(_ row: ArraySlice<UInt8>, rank: Int) -> [Int] {
        let half = (rank + 1) / 2
        let bytes = Array(row)
        return (0..<rank).map { $0 < half ? Int(bytes[$0] & 15) : Int(bytes[$0 - half] >> 4) }
    }

    static func parameter(_ row: ArraySlice<UInt8>, _ index: Int) -> Double {
        let bytes = Array(row.suffix(16))
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * index + $1]) << UInt32(8 * $1) }
        return Double(Float(bitPattern: bits))
    }

    @Test("distances for ranks 1...300", arguments: levels)
    func distances(level: SIMDLevel) throws {
        let kernels = try #require(GraphKernels(level: level))
        var generator = SplitMix(seed: 1)
        for rank in 1...300 {
            let layout = GraphLayout(rank: rank, degree: 4)
            let count = 5
            var rows: [UInt8] = []
            for _ in 0..<count {
                rows += GraphKernels.encode(
                    generator.floats(rank), norm: Float.random(in: 0...9, using: &generator),
                    lift: Float.random(in: 0...1, using: &generator), layout: layout)
            }
            let coordinates = generator.floats(rank)
            let query = GraphQueryCode(coordinates, layout: layout, constant: 2, normWeight: 0.5, lift: 3)
            let links = [UInt32](repeating: 0, count: count * 4)
            let got = GraphView.with(layout: layout, count: count, rows: rows.span.bytes, links: links.span.bytes) {
                kernels.distances(query, graph: $0, rows: [4, 0, 2, 3, 1])
            }
            let step = Double(coordinates.map(abs).max() ?? 0) / 127
            for (distance, row) in zip(got, [4, 0, 2, 3, 1]) {
                let bytes = rows[row * layout.rowBytes..<(row + 1) * layout.rowBytes]
                let product = zip(Self.codes(bytes, rank: rank), coordinates).reduce(0.0) {
                    $0 + (Double($1.0) - 7.5) * (Double($1.1) / step).rounded(.toNearestOrAwayFromZero) * step
                }
                let multiplier = Self.parameter(bytes, 1)
                let expected =
                    2 + 0.5 * Self.parameter(bytes, 0) - 2 * multiplier * product - 3 * Self.parameter(bytes, 3)
                // A coordinate halfway between two bytes may go either way.
                let tolerance = 1e-4 * (1 + multiplier * Double(rank)) + 16 * step * abs(multiplier) * 0.02
                #expect(abs(Double(distance) - expected) <= tolerance, "rank \(rank)")
            }
        }
    }

    @Test("projections on bytes are exact integers, at odd alignments", arguments: levels)
    func projections(level: SIMDLevel) throws {
        let kernels = try #require(GraphKernels(level: level))
        var generator = SplitMix(seed: 2)
        for lines in 1...5 {
            let dimension = 64 * lines
            for offset in 0..<7 {
                let values = (0..<dimension + 8).map { _ in Int8.random(in: -127...127, using: &generator) }
                let rows = (0..<3 * dimension + 8).map { _ in UInt8.random(in: 0...127, using: &generator) }
                let extremes = [Int8](repeating: -127, count: dimension)
                let highest = [UInt8](repeating: 127, count: dimension)
                let got = kernels.project(
                    values.span.extracting(offset..<offset + dimension),
                    rows: rows.span.extracting(offset..<offset + 3 * dimension).bytes)
                for row in 0..<3 {
                    let expected = (0..<dimension).reduce(0) {
                        $0 + Int(values[offset + $1]) * Int(rows[offset + row * dimension + $1])
                    }
                    #expect(Int(got[row]) == expected)
                }
                #expect(kernels.project(extremes.span, rows: highest.span.bytes) == [Int32(-127 * 127 * dimension)])
            }
        }
    }

    @Test("a code's multiplier makes its product with the row its squared length")
    func multipliers() {
        var generator = SplitMix(seed: 3)
        for rank in [1, 2, 63, 96, 352] {
            let layout = GraphLayout(rank: rank, degree: 4)
            let values = generator.floats(rank)
            let row = GraphKernels.encode(values, norm: 1, lift: 0, layout: layout)
            let product = zip(Self.codes(row[...], rank: rank), values).reduce(0.0) {
                $0 + (Double($1.0) - 7.5) * Double($1.1)
            }
            let square = values.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(Self.parameter(row[...], 1) * product - square) <= 1e-4 * square)
        }
        let zero = GraphKernels.encode([0, 0, 0], norm: 0, lift: 0, layout: GraphLayout(rank: 3, degree: 4))
        #expect(Self.parameter(zero[...], 1) == 0)
    }

    @Test("links that lead nowhere are ignored", arguments: levels)
    func damagedLinks(level: SIMDLevel) throws {
        let kernels = try #require(GraphKernels(level: level))
        var generator = SplitMix(seed: 4)
        let layout = GraphLayout(rank: 20, degree: 8)
        let count = 50
        let rows = (0..<count).flatMap { _ in
            GraphKernels.encode(generator.floats(20), norm: 5, lift: 0, layout: layout)
        }
        var garbage = rows
        for index in garbage.indices { garbage[index] = UInt8.random(in: 0...255, using: &generator) }
        for bytes in [rows, garbage] {
            let links = (0..<count * 8).map {
                UInt32.random(in: 0...100, using: &generator) << ($0 % 3 == 0 ? 24 : 0)
            }
            let query = GraphQueryCode(generator.floats(20), layout: layout, constant: 0, normWeight: 1, lift: 0)
            GraphView.with(layout: layout, count: count, rows: bytes.span.bytes, links: links.span.bytes) { graph in
                var scratch = GraphScratch()
                for effort in [1, 3, 1000] {
                    let found = kernels.walk(
                        query, graph: graph, seeds: [0, 7, 4_000_000_000].span, effort: effort, scratch: &scratch)
                    #expect(found.candidates.count <= effort)
                    #expect(found.candidates.allSatisfy { $0.row < count })
                    #expect(Set(found.candidates.map(\.row)).count == found.candidates.count)
                }
                for row in 0..<count {
                    let linked = kernels.links(of: row, adding: [1, 2, 99_999, 3][...], graph: graph)
                    #expect(linked.count == 8 && linked.allSatisfy { $0 < count || $0 == GraphLayout.none })
                    let repaired = kernels.repairedLinks(of: row, dead: [0x5555_5555_5555_5555], graph: graph)
                    #expect(repaired?.allSatisfy { $0 % 2 == 1 && $0 < count || $0 == GraphLayout.none } ?? true)
                }
            }
        }
    }
}
