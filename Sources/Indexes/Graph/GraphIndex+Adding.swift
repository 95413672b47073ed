internal import Kernels
internal import SosiaCore

extension GraphIndex {
    static let seedCount = 64
    private static let rowsAtOnce = 32
    private static let rowsEncodedAtOnce = 256
    /// The largest batch as a share of all rows.
    private static let batchDivisor = 50

    /// Extends the graph to all of `rows` with several threads; the graph does not depend on how many.
    /// - Throws: `IndexError.shapeMismatch`, `.missingRows`, `.invalidOption`, `.damaged`.
    public mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        try IndexOption.check(
            "threads", threads, GraphBuildOptions.minimumThreads...GraphBuildOptions.maximumThreads)
        let covered = rowCount
        guard ids.count >= covered else { throw IndexError.missingRows(got: ids.count, covered: covered) }
        try IndexOption.check("rows", ids.count, 0...Self.maximumRows)
        guard ids.count > covered else { return }
        try verification?.check()

        var order = encode(rows: rows, ids: ids, from: covered, threads: threads)
        var generator = SplitMix(seed: options.seed &+ UInt64(covered))
        order.shuffle(using: &generator)
        var inserted = covered
        var start = 0
        while start < order.count {
            let batch = max(1, min(inserted, ids.count / Self.batchDivisor, order.count - start))
            insert(order[start..<start + batch], rows: rows, threads: threads)
            for row in order[start..<start + batch] {
                inserted += 1
                drawSeed(row, of: inserted, generator: &generator)
            }
            start += batch
        }
        connect()
    }

    /// Appends the codes of all new rows.
    /// - Returns: those that are live and coded.
    private mutating func encode(rows: RawSpan, ids: Span<Int64>, from covered: Int, threads: Int) -> [UInt32] {
        let (model, layout) = (model, storage.layout)
        let empty = [UInt8](repeating: 0, count: layout.rowBytes)
        var live: [UInt32] = []
        let chunks = (ids.count - covered + Self.rowsEncodedAtOnce - 1) / Self.rowsEncodedAtOnce
        let coded = concurrentMap(chunks, threads: threads) { chunk -> (codes: [UInt8], kinds: [Bool]) in
            let first = covered + chunk * Self.rowsEncodedAtOnce
            var codes: [UInt8] = []
            var kinds: [Bool] = []
            for row in first..<min(first + Self.rowsEncodedAtOnce, ids.count) {
                let point = ids[row] == 0 ? nil : model.point(row, of: rows)
                codes += point?.code(layout) ?? empty
                kinds.append(point != nil)
            }
            return (codes, kinds)
        }
        var row = covered
        for chunk in coded {
            storage.append(chunk.codes)
            for isCoded in chunk.kinds {
                if isCoded {
                    live.append(UInt32(row))
                } else if ids[row] != 0 {
                    uncoded.append(UInt32(row))
                }
                row += 1
            }
        }
        return live
    }

    /// Links a batch of rows: each searches the graph as it was before the batch, then all are linked.
    private mutating func insert(_ batch: ArraySlice<UInt32>, rows: RawSpan, threads: Int) {
        let (model, layout, scratch, seeds, effort) = (model, storage.layout, scratch, seeds, options.effort)
        let batch = Array(batch)
        let chunks = (batch.count + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        let degree = layout.degree
        let links = storage.withView { graph in
            concurrentMap(chunks, threads: threads) { chunk in
                scratch.with { scratch in
                    let first = chunk * Self.rowsAtOnce
                    return batch[first..<min(first + Self.rowsAtOnce, batch.count)].map { row -> [UInt32] in
                        guard let point = model.point(Int(row), of: rows) else { return [] }
                        return GraphKernels.current.links(
                            for: Int(row), query: point.query(layout), graph: graph, seeds: seeds.span,
                            effort: effort, scratch: &scratch)
                    }
                }
            }
        }.flatMap(\.self)
        var edges: [UInt64] = []
        edges.reserveCapacity(batch.count * degree)
        storage.changeLinks { all in
            for (row, own) in zip(batch, links) {
                let start = Int(row) * degree
                for (position, target) in own.enumerated() {
                    all[start + position] = target
                    if target != GraphLayout.none { edges.append(UInt64(target) << 32 | UInt64(row)) }
                }
            }
        }
        edges.sort()
        linkBack(edges, threads: threads)
    }

    /// Adds links target -> source for edges (target, source) that are sorted.
    private mutating func linkBack(_ edges: [UInt64], threads: Int) {
        var groups: [Range<Int>] = []
        for index in edges.indices {
            if let last = groups.last, edges[last.lowerBound] >> 32 == edges[index] >> 32 {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        // A row with many new links takes them in several rounds.
        while !groups.isEmpty {
            let some = groups.map { $0.prefix(GraphKernels.maximumSources) }
            let chunks = (some.count + Self.rowsAtOnce - 1) / Self.rowsAtOnce
            let changed = storage.withView { graph in
                concurrentMap(chunks, threads: threads) { chunk in
                    let first = chunk * Self.rowsAtOnce
                    return some[first..<min(first + Self.rowsAtOnce, some.count)].map { group -> [UInt32] in
                        let sources = group.map { UInt32(truncatingIfNeeded: edges[$0]) }
                        return GraphKernels.current.links(
                            of: Int(edges[group.lowerBound] >> 32), adding: sources[...], graph: graph)
                    }
                }
            }.flatMap(\.self)
            let targets = some.map { Int(edges[$0.lowerBound] >> 32) }
            store(zip(targets, changed))
            groups = zip(groups, some).map { $1.upperBound..<$0.upperBound }.filter { !$0.isEmpty }
        }
    }

    mutating func store(_ changes: some Sequence<(Int, [UInt32])>) {
        let degree = storage.layout.degree
        storage.changeLinks { all in
            for (row, links) in changes {
                for (position, link) in links.enumerated() { all[row * degree + position] = link }
            }
        }
    }

    /// Keeps a uniform sample of the rows (Vitter, *Random sampling with a reservoir*, 1985, algorithm R).
    private mutating func drawSeed(_ row: UInt32, of count: Int, generator: inout SplitMix) {
        if seeds.count < Self.seedCount {
            seeds.append(row)
        } else {
            let position = Int.random(in: 0..<count, using: &generator)
            if position < seeds.count { seeds[position] = row }
        }
    }
}

extension GraphIndex {
    private static let connectingRounds = 4

    /// Links each unreachable row from a reachable row that it links to itself.
    ///
    /// The new link replaces the last one, which may have been the only way to another row; hence several rounds.
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
                // A component without any links from outside gets a seed of its own.
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
