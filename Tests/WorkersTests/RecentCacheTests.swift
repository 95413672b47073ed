import SosiaCore
import Testing
import Workers

struct RecentCacheTests {
    @Test func whatWasNotUsedForTheLongestGoesFirst() {
        let cache = RecentCache<Int, String>(capacity: 3)
        for number in 1...3 { cache[number] = "\(number)" }
        #expect(cache[1] == "1")
        cache[4] = "4"
        #expect(cache[2] == nil)
        #expect([1, 3, 4].map { cache[$0] } == ["1", "3", "4"])
        cache[1] = "one"
        #expect(cache[1] == "one")
        cache[3] = nil
        cache[5] = "5"
        #expect([1, 3, 4, 5].map { cache[$0] } == ["one", nil, "4", "5"])
    }

    @Test func costsAreCounted() {
        let cache = RecentCache<String, [UInt8]>(capacity: 10) { $0.count }
        cache["a"] = [1, 2, 3, 4]
        cache["b"] = [1, 2, 3, 4]
        cache["c"] = [1, 2, 3, 4]
        #expect(cache["a"] == nil)
        #expect(cache["b"] != nil && cache["c"] != nil)
        // Larger than everything: it is not kept, and the old value under the key is gone.
        cache["b"] = [UInt8](repeating: 0, count: 11)
        #expect(cache["b"] == nil)
        #expect(cache["c"] != nil)
    }

    /// Against a list in which the value used last comes last.
    @Test func isTheSameAsAList() {
        var generator = SplitMix(seed: 7)
        let cache = RecentCache<Int, Int>(capacity: 8)
        var list: [(key: Int, value: Int)] = []
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<16, using: &generator)
            if Bool.random(using: &generator) {
                let known = list.firstIndex { $0.key == key }.map { list.remove(at: $0) }
                if let known { list.append(known) }
                #expect(cache[key] == known?.value)
            } else {
                cache[key] = step
                list.removeAll { $0.key == key }
                list.append((key, step))
                if list.count > 8 { list.removeFirst() }
            }
        }
    }
}
