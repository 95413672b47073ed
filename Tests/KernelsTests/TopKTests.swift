import Kernels
import SosiaCore
import Testing

@Suite("Top-k selection")
struct TopKTests {
    @Test("keeps what sorting keeps, ties by id, in any order of offers", arguments: [1, 2, 7, 100, 1000])
    func againstSorting(k: Int) {
        var generator = SplitMix(seed: UInt64(k))
        let offered = (0..<500).map { row in
            Neighbor(id: Int64(row) + 1, row: row, distance: Float(Int.random(in: 0..<40, using: &generator)))
        }.shuffled(using: &generator)
        var top = TopK(k: k)
        for neighbor in offered { top.offer(neighbor) }
        #expect(top.sorted() == Array(offered.sorted().prefix(k)))

        var left = TopK(k: k)
        var right = TopK(k: k)
        for (index, neighbor) in offered.enumerated() {
            if index % 3 == 0 { left.offer(neighbor) } else { right.offer(neighbor) }
        }
        left.merge(right)
        #expect(left.sorted() == top.sorted())
    }

    @Test("the cutoff is infinite until full, then the worst kept distance")
    func cutoff() {
        var top = TopK(k: 2)
        #expect(top.cutoff == .infinity)
        top.offer(Neighbor(id: 1, row: 0, distance: 3))
        #expect(top.cutoff == .infinity)
        top.offer(Neighbor(id: 2, row: 1, distance: 1))
        #expect(top.cutoff == 3)
        top.offer(Neighbor(id: 3, row: 2, distance: 2))
        #expect(top.cutoff == 2)
    }

    @Test("NaN is never kept, infinity is")
    func notANumber() {
        var top = TopK(k: 3)
        let keptNaN = top.offer(Neighbor(id: 1, row: 0, distance: .nan))
        let keptInfinity = top.offer(Neighbor(id: 2, row: 1, distance: .infinity))
        #expect(!keptNaN)
        #expect(keptInfinity)
        #expect(top.sorted().map(\.id) == [2])
    }
}
