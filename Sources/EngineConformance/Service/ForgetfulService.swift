public import SosiaCore
import Synchronization

/// A vector service in memory with every fault that a service without transactions may have, in an order that a seed
/// determines.
///
/// It writes rows twice and out of order, some of them again much later, even after they were deleted. It shows writes
/// and deletions late unless it is asked by key. It orders ties arbitrarily. Its compiled filters let too much through. It
/// accepts only few rows, keys and hits per call. And when told to, it fails halfway through a call.
public final class ForgetfulService: VectorService {
    /// It was told to fail.
    public struct Failure: Error {
        public let call: Int
    }

    fileprivate struct State {
        var random: SplitMix
        var rows: [VectorKey: ServiceRow] = [:]
        /// What searches see.
        var shown: [VectorKey: ServiceRow] = [:]
        /// A write that will be repeated.
        var repeated: [ServiceRow] = []
        var calls = 0
        var failing: ClosedRange<Int>?
    }

    public static let limits = VectorServiceLimits(
        abilities: EngineAbilities(
            engine: "forgetful", isExactProven: true, writers: .many, visibility: .eventually, maximumDimension: 65_536,
            maximumAttributeBytes: Attributes.maximumBytes, metrics: [.l2, .cosine, .innerProduct],
            isRecallCalibrated: false,
            keepsVectorBits: true, upkeep: [.duplicates, .verify, .repair, .compact]),
        rowsPerCall: 7, keysPerCall: 24, hitsPerCall: 64)

    private let metric: Metric
    private let state: Mutex<State>

    public init(_ metric: Metric, seed: UInt64) {
        self.metric = metric
        state = Mutex(State(random: SplitMix(seed: seed)))
    }

    public var limits: VectorServiceLimits { Self.limits }

    /// The number of calls so far.
    public var calls: Int { state.withLock(\.calls) }

    /// The keys of all rows, in order.
    public var keys: [VectorKey] { state.withLock { $0.rows.keys.sorted() } }

    /// Makes calls fail by their numbers, counted from 1 from now on; nil for none.
    public func fail(_ calls: ClosedRange<Int>?) {
        state.withLock { state in
            state.calls = 0
            state.failing = calls
        }
    }

    /// Loses a row, or flips a bit of its vector.
    public func damage(_ key: VectorKey, isLost: Bool) {
        state.withLock { state in
            guard !isLost, let row = state.rows[key], let first = row.embedding.values.first,
                let vector = try? Embedding(
                    [Float(bitPattern: first.bitPattern ^ 1)] + row.embedding.values.dropFirst())
            else {
                (state.rows[key], state.shown[key]) = (nil, nil)
                return
            }
            let flipped = ServiceRow(key: key, embedding: vector, picture: row.picture, checksum: row.checksum)
            (state.rows[key], state.shown[key]) = (flipped, flipped)
        }
    }

    /// - Parameter body: receives the state and whether to fail halfway.
    private func call<Value: Sendable>(_ body: (inout State, Bool) -> Value) throws -> Value {
        try state.withLock { state in
            state.calls += 1
            let fails = state.failing?.contains(state.calls) ?? false
            let value = body(&state, fails)
            if fails { throw Failure(call: state.calls) }
            return value
        }
    }

    public func upsert(_ rows: [ServiceRow]) async throws {
        try call { state, fails in
            state.repeatLate()
            let written = fails ? Array(rows.prefix(rows.count / 2)) : rows
            for row in written.shuffled(using: &state.random) + written.shuffled(using: &state.random) {
                state.rows[row.key] = row
            }
            if Bool.random(using: &state.random) { state.repeated = written }
        }
    }

    public func delete(_ keys: [VectorKey]) async throws {
        try call { state, fails in
            state.repeatLate()
            for key in fails ? keys.prefix(keys.count / 2) : keys[...] { state.rows[key] = nil }
        }
    }

    public func nearest(
        to queries: [Embedding], k: Int, among rows: ServiceRows<Filter>
    ) async throws -> [[ServiceHit]] {
        try call { state, _ in
            state.showSome()
            let candidates: [ServiceRow] =
                switch rows {
                case .all: Array(state.shown.values)
                case .keys(let keys): Set(keys).compactMap { state.rows[$0] }
                case .passing(let filter):
                    state.shown.values.filter { filter.matches($0.picture.record.allAttributes) }
                }
            return queries.map { query in
                let hits = candidates.map {
                    ServiceHit(key: $0.key, distance: metric.distance(query, $0.embedding))
                }
                return Array(hits.sorted(by: Self.precedes).prefix(min(k, limits.hitsPerCall)))
            }
        }
    }

    /// Orders ties neither by id nor by key.
    private static func precedes(_ one: ServiceHit, _ other: ServiceHit) -> Bool {
        let order = { (key: VectorKey) in
            var random = SplitMix(seed: UInt64(bitPattern: key.rawValue))
            return random.next()
        }
        return one.distance != other.distance ? one.distance < other.distance : order(one.key) < order(other.key)
    }

    public func rows(_ keys: [VectorKey]) async throws -> [ServiceRow] {
        try call { state, _ in Set(keys).compactMap { state.rows[$0] } }
    }

    public func rows(after key: VectorKey?, limit: Int) async throws -> [ServiceRow] {
        try call { state, _ in
            state.rows.values.filter { row in key.map { row.key > $0 } ?? true }.sorted { $0.key < $1.key }
                .prefix(limit).map(\.self)
        }
    }

    public func refresh() async throws {
        try call { state, fails in
            if fails { return }
            state.repeatLate()
            state.shown = state.rows
        }
    }

    public func status() async throws -> VectorServiceStatus {
        try call { state, _ in
            let bytes = state.rows.values.reduce(0) { $0 + $1.embedding.dimension * MemoryLayout<Float>.size }
            return VectorServiceStatus(rows: state.rows.count, bytes: Int64(bytes))
        }
    }

    /// Half of what is asked for.
    public func compile(_ filter: Filter) -> Filter? {
        switch filter {
        case .and(let half, _): compile(half)
        case .compare, .isIn: filter
        default: nil
        }
    }
}

extension ForgetfulService.State {
    /// Repeats old writes.
    fileprivate mutating func repeatLate() {
        guard !repeated.isEmpty, Bool.random(using: &random) else { return }
        for row in repeated { rows[row.key] = row }
        repeated = []
    }

    /// Shows some writes and deletions to searches.
    fileprivate mutating func showSome() {
        for key in Set(rows.keys).union(shown.keys).sorted() where Int.random(in: 0..<8, using: &random) == 0 {
            shown[key] = rows[key]
        }
    }
}
