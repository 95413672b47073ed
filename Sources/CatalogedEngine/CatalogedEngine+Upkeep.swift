public import SosiaCore

/// Keeping ledger and service together.
extension CatalogedEngine {
    /// The service loads what it needs itself.
    public func prepare() async throws { try await checkPresence() }

    /// Whether both answer.
    public func checkPresence() async throws { _ = try await status() }

    public func status() async throws -> EngineStatus {
        let (ledger, service) = try await (self.ledger.status(), self.service.status())
        return EngineStatus(
            pictures: ledger.pictures, vacant: max(service.rows - ledger.pictures, 0), lost: ledger.lost, generation: 0,
            ledgerBytes: ledger.bytes, vectorBytes: service.bytes, indexes: service.indexes)
    }

    /// The service builds its indexes itself, and what it builds cannot be chosen.
    public func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws {
        guard demand == .whatPays else {
            throw EngineError.unsupported(
                "choose an index", engine: abilities.engine, instead: "the service behind it builds those that pay")
        }
    }

    /// Holds every row that the ledger names against what was written.
    public func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        var problems = try await ledger.verify().map(EngineVerification.Problem.ledger)
        let pictures = try await inspect(progress) { damaged in
            problems += damaged.map { .vector(of: $0.id, row: Int($0.key.rawValue)) }
        }
        return EngineVerification(pictures: pictures, vacant: try await status().vacant, problems: problems)
    }

    public func repair(
        reading facts: @escaping FactsReading, progress: @escaping WorkProgress
    ) async throws -> RepairReport {
        _ = try await inspect(progress) { damaged in
            if !damaged.isEmpty { try await change(.lose(damaged.map(\.id))) }
        }
        var lost: [PictureOrigin] = []
        while true {
            let page = try await ledger.lost(after: lost.last?.id, limit: limits.rowsPerCall)
            if page.isEmpty { return RepairReport(pictures: try await count(), lost: lost) }
            lost += page
        }
    }

    /// Reads the rows of all pictures, a page at a time.
    /// - Parameter report: gets the pictures of each page whose rows are missing or not what was written.
    /// - Returns: how many pictures there were.
    private func inspect(
        _ progress: WorkProgress, report: ([(id: ImageID, key: VectorKey)]) async throws -> Void
    ) async throws -> Int {
        var (last, done) = (ImageID?.none, 0)
        let total = try await count()
        while true {
            try Task.checkCancellation()
            let ids = try await ledger.keys(after: last, limit: limits.rowsPerCall).map(\.id)
            guard let end = ids.last else { return done }
            last = end
            let (rows, missing) = try await rows(of: ids)
            let changed = try await changed(rows)
            let damaged =
                missing.map { (id: $0.key, key: $0.value) }
                + changed.map { (id: $0, key: rows[$0]?.key) }
                .compactMap { entry in entry.key.map { (id: entry.id, key: $0) } }
            try await report(damaged.sorted { $0.id < $1.id })
            done += ids.count
            progress(done, max(done, total))
        }
    }

    /// Which rows are not what was written. A picture that was changed after its row was read is not among them.
    private func changed(_ rows: [ImageID: ServiceRow]) async throws -> [ImageID] {
        let ids = Array(rows.keys)
        let hashes = try await ledger.origins(of: ids).map { $0?.hash }
        let records = try await ledger.pictures(named: rows.values.map(\.key))
        return zip(ids, hashes).filter { id, hash in
            guard let row = rows[id], let record = records[row.key] else { return false }
            let isSame =
                row.embedding.dimension == model.dimension && (row.isIntact || !abilities.keepsVectorBits)
                && row.picture.says(record) && row.picture.hash == hash
            return !isSame
        }
        .map(\.0)
    }

    /// Takes away the rows that the ledger does not name.
    ///
    /// A plan that is being made elsewhere may be about to name some of them. So all plans are ended first: whoever made
    /// one finds that the ledger has changed, and plans again with new keys. What lies below the fence and is not named
    /// then is named by no later commit. No clock and no list of who is at work is needed, on any number of machines.
    public func compact(progress: @escaping WorkProgress) async throws -> CompactionReport {
        try checkWritable()
        let before = try await status()
        try await refresh()
        let fence = try await ledger.fence()
        let total = try await service.status().rows
        var (last, done) = (VectorKey?.none, 0)
        while true {
            try Task.checkCancellation()
            let keys = try await service.rows(after: last, limit: limits.rowsPerCall).map(\.key)
            let old = keys.filter { $0 < fence }
            let named = try await ledger.pictures(named: old)
            let strays = old.filter { named[$0] == nil }
            if !strays.isEmpty { try await service.delete(strays) }
            done += keys.count
            progress(done, max(done, total))
            guard let end = keys.last, old.count == keys.count else { break }
            last = end
        }
        var ledgerError: StoreError?
        do { try await ledger.compact() } catch let error as StoreError { ledgerError = error }
        let after = try await status()
        return CompactionReport(
            pictures: after.pictures, bytesBefore: before.ledgerBytes + before.vectorBytes,
            bytesAfter: after.ledgerBytes + after.vectorBytes, ledgerError: ledgerError)
    }

    /// Fills an empty ledger from the rows of the service, in the order of their keys, so that what was written last wins.
    ///
    /// What only the ledger knew stays lost: which pictures waited for their sources, what the files were that tiles were
    /// cut from (they are incomplete until they are added again), and which rows were strays. A change that was broken off
    /// just before its commit may be there afterwards, and so may a picture that was removed, if its row was still there.
    ///
    /// Nobody else may use the collection meanwhile. When it is interrupted, it begins again with an empty ledger.
    /// - Throws: `StoreError.failed` when the ledger is not empty.
    package func rebuild(progress: @escaping WorkProgress) async throws {
        let (pictures, lost) = try await (ledger.count(), ledger.lost(after: nil, limit: 1))
        guard pictures == 0, lost.isEmpty else {
            throw StoreError.failed(path: abilities.engine, reason: "only an empty ledger can be rebuilt")
        }
        try await service.refresh()
        let total = try await service.status().rows
        // New keys have to lie above all rows from the first change on.
        guard let highest = try await lastKey() else { return }
        var (last, done) = (VectorKey?.none, 0)
        while true {
            try Task.checkCancellation()
            let rows = try await service.rows(after: last, limit: limits.rowsPerCall).filter { $0.key <= highest }
            guard let end = rows.last else { return }
            try await change(.restore(rows.map { ($0.key, $0.picture) }, last: highest))
            last = end.key
            done += rows.count
            progress(done, max(done, total))
        }
    }

    private func lastKey() async throws -> VectorKey? {
        var last: VectorKey?
        while let end = try await service.rows(after: last, limit: limits.rowsPerCall).last {
            try Task.checkCancellation()
            last = end.key
        }
        return last
    }
}

extension LedgerPicture {
    /// Whether a record is that of this picture, in whatever order its sources are told.
    fileprivate func says(_ record: ImageRecord) -> Bool {
        id == record.id && Set(sources.map(\.location)) == Set(record.sources) && facts == record.facts
            && attributes == record.attributes && tile == record.tile
    }
}
