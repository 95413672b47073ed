import SosiaCore
import Testing

@Suite("Row filters")
struct RowFilterTests {
    @Test("hold what they were given, in order, and nothing outside")
    func rows() {
        let filter = RowFilter(rows: [200, 0, 63, 64, 5, 5, -1, 201, 1 << 40], of: 201)
        #expect(filter.count == 5)
        var found: [Int] = []
        filter.forEach(below: 1000) { found.append($0) }
        #expect(found == [0, 5, 63, 64, 200])
        found = []
        filter.forEach(below: 64) { found.append($0) }
        #expect(found == [0, 5, 63])
        #expect(!filter.contains(1) && filter.contains(200) && !filter.contains(100_000))
        let ids: [Int64] = [9, 8, 7, 6, 5, 4]
        #expect(filter.masking(ids.span) == [9, 0, 0, 0, 0, 4])
    }
}
