internal import Kernels
internal import SosiaCore

extension GraphIndex {
    private static let rowsRepairedAtOnce = 2048

    /// Removes rows from the graph and repairs their neighbourhoods.
    /// - Throws: `IndexError.unknownRow`, `.damaged`.
    public mutating func remove(rows: [Int]) throws {
        for row in rows where row < 0 || row >= rowCount {
            throw IndexError.unknownRow(got: row, covered: rowCount)
        }
        guard !rows.isEmpty else { return }
        try verification?.check()
        var dead = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for row in rows { dead[row / 64] |= 1 << UInt64(row % 64) }
        let deadBits = dead
        @Sendable func isDead(_ row: Int) -> Bool { deadBits[row / 64] >> UInt64(row % 64) & 1 != 0 }

        let (count, degree) = (rowCount, storage.layout.degree)
        let chunks = (count + Self.rowsRepairedAtOnce - 1) / Self.rowsRepairedAtOnce
        let repaired = storage.withView { graph in
            concurrentMap(chunks, threads: options.threads) { chunk -> [(Int, [UInt32])] in
                let first = chunk * Self.rowsRepairedAtOnce
                return (first..<min(first + Self.rowsRepairedAtOnce, count)).compactMap { row in
                    guard !isDead(row) else { return nil }
                    return GraphKernels.current.repairedLinks(of: row, dead: deadBits, graph: graph).map { (row, $0) }
                }
            }
        }
        store(repaired.lazy.flatMap(\.self))
        storage.changeLinks { links in
            for row in rows {
                for position in 0..<degree { links[row * degree + position] = GraphLayout.none }
                links[row * degree] = GraphStorage.removed
            }
        }
        uncoded.removeAll { isDead(Int($0)) }
        seeds.removeAll { isDead(Int($0)) }
        refillSeeds()
        connect()
    }

    /// Draws new seeds for those that were removed.
    private mutating func refillSeeds() {
        let (count, degree, without) = (rowCount, storage.layout.degree, Set(uncoded))
        var chosen = Set(seeds)
        let wanted = Self.seedCount
        var generator = SplitMix(seed: options.seed &+ UInt64(count))
        var found = seeds
        storage.withBytes { _, links in
            func offer(_ row: Int) {
                let offset = row * degree * MemoryLayout<UInt32>.size
                let first = links.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
                guard first != GraphStorage.removed, !without.contains(UInt32(row)) else { return }
                if chosen.insert(UInt32(row)).inserted { found.append(UInt32(row)) }
            }
            for _ in 0..<16 * wanted where found.count < wanted {
                offer(Int.random(in: 0..<count, using: &generator))
            }
            for row in 0..<count where found.count < wanted { offer(row) }
        }
        seeds = found
    }
}
