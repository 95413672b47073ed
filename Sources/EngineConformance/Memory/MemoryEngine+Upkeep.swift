public import SosiaCore

extension MemoryEngine {
    public func prepare() async throws {}

    /// It lives as long as its process.
    public func checkPresence() async throws {}

    public func status() async throws -> EngineStatus { state.status }

    /// The plain scan is all there is.
    public func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws {
        guard demand == .whatPays else {
            throw EngineError.unsupported("build indexes", engine: abilities.engine, instead: "it scans all pictures")
        }
    }

    public func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse {
        try DuplicatesResponse.check(distance: distance, limit: limit)
        let vectors = try await vectors(after: nil, limit: .max)
        var sets = DuplicateSets(count: vectors.count)
        for (position, vector) in vectors.enumerated() {
            try Task.checkCancellation()
            for (other, earlier) in vectors[..<position].enumerated() {
                let apart = model.metric.distance(vector.embedding, earlier.embedding)
                if apart <= distance { sets.join(position, other, distance: apart) }
            }
            progress(position + 1, vectors.count)
        }
        let groups = sets.groups(of: vectors.indices) { vectors[$0].id }
        return DuplicatesResponse(groups, after: after, limit: limit, truncated: 0)
    }

    public func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        try Task.checkCancellation()
        let state = state
        let verification = EngineVerification(
            pictures: state.ledger.pictures.count, vacant: state.vacant,
            problems: state.damaged.map { .vector(of: $0, row: Int(state.ledger.keys[$0]?.rawValue ?? 0)) })
        progress(verification.pictures, verification.pictures)
        return verification
    }

    public func repair(
        reading facts: @escaping FactsReading, progress: @escaping WorkProgress
    ) async throws -> RepairReport {
        try Task.checkCancellation()
        return try write { state in
            let damaged = state.damaged
            if !damaged.isEmpty {
                _ = try state.apply(.lose(damaged))
                state.renew()
            }
            return RepairReport(
                pictures: state.ledger.pictures.count, lost: state.ledger.lost(after: nil, limit: .max))
        }
    }

    public func compact(progress: @escaping WorkProgress) async throws -> CompactionReport {
        try Task.checkCancellation()
        return try write { state in
            let before = state.status
            state.renew()
            progress(before.pictures, before.pictures)
            return CompactionReport(
                pictures: before.pictures, bytesBefore: before.vectorBytes, bytesAfter: state.status.vectorBytes)
        }
    }
}

extension MemoryEngine.State {
    fileprivate var status: EngineStatus {
        EngineStatus(
            pictures: ledger.pictures.count, vacant: vacant, lost: ledger.lost.count, generation: generation,
            ledgerBytes: 0,
            vectorBytes: Int64((ledger.keys.count + vacant) * model.dimension * MemoryLayout<Float>.size), indexes: [])
    }
}
