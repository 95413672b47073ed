import Testing
import TinyImages

struct SampleTests {
    @Test(arguments: [(0, 10), (1, 10), (9, 10), (10, 10), (100, 1_000_000)])
    func positionsAreDifferentAndBelowTheTotal(count: Int, total: Int) {
        let drawn = RecordSample.positions(count, of: total, seed: 7)
        #expect(drawn.count == count && Set(drawn).count == count)
        #expect(drawn.allSatisfy { $0 >= 0 && $0 < total })
        #expect(RecordSample.positions(count, of: total, seed: 7) == drawn)
    }

    @Test func whatCannotBeDrawnIsLess() {
        #expect(RecordSample.positions(-1, of: 10, seed: 1) == [])
        #expect(RecordSample.positions(.min, of: .max, seed: 1) == [])
        #expect(RecordSample.positions(5, of: -1, seed: 1) == [])
        #expect(Set(RecordSample.positions(11, of: 10, seed: 1)) == Set(0..<10))
    }
}
