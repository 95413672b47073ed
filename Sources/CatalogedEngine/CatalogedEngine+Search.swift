public import SosiaCore

/// Searching: the service finds rows, the ledger says which of them are pictures.
extension CatalogedEngine {
    /// How often a search is made anew because a commit fell into it.
    private static var maximumSearches: Int { 4 }
    /// By how much more is asked for when too few of the hits were pictures that pass.
    private static var growth: Int { 4 }

    public func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        try SearchRequest.check(batch: requests)
        let questions = try await questions(requests)
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let revision = try await ledger.revision()
            let (responses, isWhole) = try await answer(questions)
            // A row that is not named is a stray, or a commit has just replaced it by one that may not have been found.
            // Where writes are shown late, both may have been hidden.
            if isWhole && abilities.visibility == .atOnce || attempt == Self.maximumSearches { return responses }
            if try await ledger.revision() == revision { return responses }
            attempt += 1
        }
    }

    private func answer(_ questions: [Question]) async throws -> (responses: [SearchResponse], isWhole: Bool) {
        var (answers, isWhole) = ([SearchResponse?](repeating: nil, count: questions.count), true)
        for (filter, positions) in Dictionary(grouping: questions.indices, by: { questions[$0].request.filter }) {
            var names = Names()
            let among = try await self.among(filter)
            let pages = try await pages(positions.map { questions[$0] }, among: among.rows, &names)
            for (position, page) in zip(positions, pages) {
                let request = questions[position].request
                let plan = SearchPlan(
                    index: abilities.engine, exact: abilities.isExactProven && !request.isApproximate,
                    scanned: page.seen, filter: among.filtering)
                answers[position] = SearchResponse(
                    hits: Array(page.hits.prefix(request.k)), plan: plan, nextCursor: request.cursor(behind: page.hits))
            }
            isWhole = isWhole && names.strays.isEmpty
        }
        return (answers.compactMap(\.self), isWhole)
    }

    /// Among which rows the service shall look: the keys of all that pass when they are few, else what it makes of the
    /// filter.
    private func among(
        _ filter: Filter?
    ) async throws -> (rows: ServiceRows<Service.CompiledFilter>, filtering: SearchPlan.Filtering?) {
        guard let filter else { return (.all, nil) }
        if let keys = try await ledger.keys(passing: filter, limit: keysPerCall) {
            return (.keys(keys), SearchPlan.Filtering(way: .rows, allowed: keys.count))
        }
        let rows = service.compile(filter).map(ServiceRows.passing) ?? .all
        return (rows, SearchPlan.Filtering(way: .database, allowed: nil))
    }

    /// The pages of questions with one filter.
    ///
    /// Rows that are no pictures, or that only seem to pass, are fetched around: more is asked for until the page is full
    /// and no hit behind the last could stand before it, ties included, or nothing is left. What the service does not give
    /// at once is looked for key by key.
    private func pages(
        _ questions: [Question], among rows: ServiceRows<Service.CompiledFilter>, _ names: inout Names
    ) async throws -> [Page] {
        var pages = questions.map { Page($0) }
        let late = try await late(questions, among: rows)
        var open = Array(questions.indices)
        var k = questions.map(\.depth).max() ?? 0
        while !open.isEmpty {
            try Task.checkCancellation()
            k = min(k, limits.hitsPerCall)
            let answers = try await nearest(to: open.map { questions[$0].vector }, k: k, among: rows)
            try await names.look(up: answers.joined(), in: ledger)
            try await names.look(up: late.joined(), in: ledger)
            for (position, hits) in zip(open, answers) {
                pages[position].add(hits, names)
                pages[position].add(late[position], names)
            }
            open = zip(open, answers).filter { position, hits in
                guard hits.count >= k, let last = hits.last else { return false }
                return !pages[position].isComplete(upTo: last.distance)
            }
            .map(\.0)
            if k == limits.hitsPerCall { break }
            k *= Self.growth
        }
        if !open.isEmpty {
            let exhausted = try await exhaust(open.map { questions[$0] }, &names)
            for (position, page) in zip(open, exhausted) { pages[position] = page }
        }
        return pages
    }

    /// Hits of rows that the service may not show yet; nothing where it is asked by key anyway.
    private func late(
        _ questions: [Question], among rows: ServiceRows<Service.CompiledFilter>
    ) async throws -> [[ServiceHit]] {
        var late = [[ServiceHit]](repeating: [], count: questions.count)
        if case .keys = rows { return late }
        for keys in hidden.parts(of: keysPerCall) {
            let answers = try await nearest(
                to: questions.map(\.vector), k: keys.count, among: .keys(Array(keys)))
            for (position, hits) in answers.enumerated() { late[position] += hits }
        }
        return late
    }

    /// Measures every row that the ledger names.
    private func exhaust(_ questions: [Question], _ names: inout Names) async throws -> [Page] {
        var pages = questions.map { Page($0) }
        var last: ImageID?
        while true {
            try Task.checkCancellation()
            let part = try await ledger.keys(after: last, limit: keysPerCall)
            guard let end = part.last else { return pages }
            last = end.id
            let keys = part.map(\.key)
            let answers = try await nearest(to: questions.map(\.vector), k: keys.count, among: .keys(keys))
            try await names.look(up: answers.joined(), in: ledger)
            for (position, hits) in answers.enumerated() {
                pages[position].add(hits, names)
                pages[position].trim()
            }
        }
    }

    private func nearest(
        to vectors: [Embedding], k: Int, among rows: ServiceRows<Service.CompiledFilter>
    ) async throws -> [[ServiceHit]] {
        if case .keys(let keys) = rows, keys.isEmpty { return vectors.map { _ in [] } }
        let answers = try await service.nearest(to: vectors, k: k, among: rows)
        guard answers.count == vectors.count else {
            throw EngineError.incomplete("the service answered \(answers.count) of \(vectors.count) queries")
        }
        return answers
    }
}

// MARK: - Questions

/// A request with its vector.
private struct Question {
    let request: SearchRequest
    let vector: Embedding

    /// Hits that are asked for first: those of the page and one behind it, and those that are passed over.
    var depth: Int {
        request.k + 1 + (request.cursor?.returned ?? 0) + request.leftOut.count
    }
}

extension CatalogedEngine {
    private func questions(_ requests: [SearchRequest]) async throws -> [Question] {
        let ids = Set(requests.flatMap(\.images))
        let (rows, missing) = ids.isEmpty ? ([:], [:]) : try await rows(of: Array(ids))
        let vector = { (id: ImageID) throws -> Embedding in
            if missing[id] != nil { throw self.missing(id) }
            guard let row = rows[id] else { throw EngineError.unknownImage(id) }
            return row.embedding
        }
        return try requests.map { request in
            try check(request)
            return Question(request: request, vector: try request.vector(for: model, of: vector))
        }
    }

    private func check(_ request: SearchRequest) throws(EngineError) {
        guard request.k <= abilities.maximumK else {
            throw .invalidK(got: request.k, minimum: SearchRequest.minimumK, maximum: abilities.maximumK)
        }
        // The service knows which of its indexes it takes.
        if let index = request.index, index != abilities.engine {
            throw .noIndex(index, available: [abilities.engine])
        }
        if request.mode == .exact, !abilities.isExactProven {
            throw .unsupported(
                "prove its answers", engine: abilities.engine, instead: "ask for an approximate search, or for any")
        }
    }
}

extension SearchRequest {
    fileprivate var isApproximate: Bool {
        if case .approximate = mode { true } else { false }
    }
}

// MARK: - Pages

/// What the ledger says of the rows that were found.
private struct Names {
    private(set) var records: [VectorKey: ImageRecord] = [:]
    /// Rows that it does not name.
    private(set) var strays: Set<VectorKey> = []

    mutating func look(up hits: some Sequence<ServiceHit>, in ledger: any VectorLedger) async throws {
        let new = Set(hits.lazy.map(\.key)).filter { records[$0] == nil && !strays.contains($0) }
        if new.isEmpty { return }
        let found = try await ledger.pictures(named: Array(new))
        records.merge(found) { _, new in new }
        strays.formUnion(new.filter { found[$0] == nil })
    }
}

/// The hits of a question that were found so far.
private struct Page {
    private let request: SearchRequest
    private let leftOut: Set<ImageID>
    private var keys: Set<VectorKey> = []
    /// By picture, so that one which is changed meanwhile is not given twice.
    private var found: [ImageID: (key: VectorKey, hit: SearchHit)] = [:]
    /// Those that belong behind the cursor, in the order of answers.
    private(set) var hits: [SearchHit] = []

    init(_ question: Question) {
        request = question.request
        leftOut = question.request.leftOut
    }

    /// Rows that were looked at.
    var seen: Int { keys.count }

    mutating func add(_ rows: [ServiceHit], _ names: Names) {
        for hit in rows where keys.insert(hit.key).inserted {
            guard let record = names.records[hit.key], !leftOut.contains(record.id),
                hit.distance <= request.maximumDistance ?? .infinity,
                request.cursor?.precedes(distance: hit.distance, id: record.id) ?? true,
                request.filter?.matches(record.allAttributes) ?? true
            else { continue }
            if let newer = found[record.id], newer.key > hit.key { continue }
            found[record.id] = (hit.key, SearchHit(record: record, distance: hit.distance))
        }
        hits = found.values.map(\.hit).sorted { ($0.distance, $0.record.id) < ($1.distance, $1.record.id) }
    }

    /// Forgets hits that are on no page's edge.
    mutating func trim() {
        for hit in hits.dropFirst(request.k + 1) { found[hit.record.id] = nil }
        hits.removeLast(max(hits.count - request.k - 1, 0))
    }

    /// - Parameter distance: all rows that are nearer were added.
    func isComplete(upTo distance: Float) -> Bool {
        if let maximum = request.maximumDistance, distance > maximum { return true }
        return hits.count > request.k && distance > hits[request.k - 1].distance
    }
}
