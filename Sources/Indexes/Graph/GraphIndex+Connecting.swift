internal import Kernels
internal import SosiaCore

extension GraphIndex {
    private static let connectingRounds = 4

    /// Links rows that no walk can reach from a row that can be reached and that they link to.
    ///
    /// The link that makes room is the last one, which may have been the only way to another row; hence several rounds.
    mutating func connect() {
        let (layout, count) = (storage.layout, rowCount)
        let (seeds, uncoded) = (seeds, Set(uncoded))
        for round in 0..<Self.connectingRounds {
            let isLast = round == Self.connectingRounds - 1
            let (degree, none) = (layout.degree, GraphLayout.none)
            var extraSeeds: [UInt32] = []
            let changed = storage.changeLinks { links -> Int in
                var reached = Self.reached(from: seeds, links: links, degree: degree, count: count)
                var changed = 0
                for row in 0..<count where !reached[row] {
                    let own = links[row * degree..<(row + 1) * degree].prefix { Int($0) < count }
                    guard links[row * degree] != GraphStorage.removed, !uncoded.contains(UInt32(row)) else { continue }
                    guard let via = own.first(where: { reached[Int($0)] }) else { continue }
                    let start = Int(via) * degree
                    let free = (0..<degree).first { links[start + $0] == none } ?? degree - 1
                    links[start + free] = UInt32(row)
                    reached[row] = true
                    changed += 1
                }
                if isLast || changed == 0 {
                    for row in 0..<count where !reached[row] && Int(links[row * degree]) < count {
                        extraSeeds.append(UInt32(row))
                    }
                }
                return changed
            }
            if changed == 0 || isLast {
                // An island that nothing leads to is entered directly.
                if let island = extraSeeds.first, seeds.count < GraphLayout.maximumDegree { self.seeds.append(island) }
                return
            }
        }
    }

    private static func reached(from seeds: [UInt32], links: [UInt32], degree: Int, count: Int) -> [Bool] {
        var reached = [Bool](repeating: false, count: count)
        var queue: [UInt32] = []
        for seed in seeds where Int(seed) < count && !reached[Int(seed)] {
            reached[Int(seed)] = true
            queue.append(seed)
        }
        while let row = queue.popLast() {
            for position in 0..<degree {
                let link = Int(links[Int(row) * degree + position])
                guard link < count else { break }
                guard !reached[link] else { continue }
                reached[link] = true
                queue.append(UInt32(link))
            }
        }
        return reached
    }
}
