import Foundation
import Indexes
import Kernels
import SosiaCore
import Synchronization

/// What was loaded and opened so far.
struct Session {
    private var base: MappedRows?
    private var queries: MappedRows?
    private var ids: [Int64] = []
    private var allowed: RowFilter?
    private var index: (any BenchmarkedIndex)?

    mutating func answer(_ command: Command) throws -> Answer {
        switch command.verb {
        case .load: try load(command)
        case .build: try build(command)
        case .open: try open(command)
        case .filter: try filter(command)
        case .search: try search(command)
        case .rebuild: try rebuild(command)
        case .memory: Answer(memory: ResidentMemory.now())
        }
    }

    private mutating func load(_ command: Command) throws -> Answer {
        let base = try MappedRows(command.base.orMissing("base"))
        let queries = try MappedRows(command.queries.orMissing("queries"))
        guard base.dimension == queries.dimension else { throw CommandError.outOfRange("the queries' dimension") }
        ids = (0..<base.rows).map { Int64($0 + 1) }
        self.base = base
        self.queries = queries
        return Answer(
            simd: "\(SIMDLevel.current)", kinds: IndexKind.allCases.map(\.rawValue), dimension: base.dimension,
            rows: base.rows)
    }

    private func build(_ command: Command) throws -> Answer {
        let kind = try command.kind.orMissing("kind")
        return try Self.build(
            kind.type, over: base.orMissing("base"), ids: ids, path: command.path.orMissing("path"),
            settings: command.settings ?? Settings())
    }

    private static func build<Index: BenchmarkedIndex>(
        _ type: Index.Type, over base: MappedRows, ids: [Int64], path: String, settings: Settings
    ) throws -> Answer {
        let clock = ContinuousClock()
        let start = clock.now
        var index = try base.withRows { rows in
            try type.train(
                dimension: base.dimension, metric: .l2, rows: rows, ids: ids.span,
                options: type.buildOptions(settings), threads: settings.threads)
        }
        let trained = clock.now
        try base.withRows { rows in try index.add(rows: rows, ids: ids.span, threads: settings.threads) }
        let added = clock.now
        try? FileManager.default.removeItem(atPath: path)
        try index.write(to: path)
        let written = clock.now
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return Answer(
            rows: index.rowCount, train: (trained - start).seconds, add: (added - trained).seconds,
            write: (written - added).seconds, bytes: size)
    }

    private mutating func open(_ command: Command) throws -> Answer {
        let kind = try command.kind.orMissing("kind")
        let path = try command.path.orMissing("path")
        var times: [Int] = []
        for _ in 0..<max(command.repeats ?? 1, 1) {
            index = nil
            let start = ContinuousClock.now
            index = try kind.type.init(opening: path)
            times.append((ContinuousClock.now - start).nanoseconds)
        }
        return Answer(rows: index?.rowCount, nanoseconds: times)
    }

    private mutating func filter(_ command: Command) throws -> Answer {
        guard let path = command.path else {
            allowed = nil
            return Answer(rows: ids.count)
        }
        let mask = try Data(contentsOf: URL(fileURLWithPath: path))
        guard mask.count == ids.count else { throw CommandError.outOfRange("the filter's length") }
        let filter = RowFilter(rows: ids.indices.lazy.filter { mask[mask.startIndex + $0] != 0 }, of: ids.count)
        allowed = filter
        return Answer(rows: filter.count)
    }

    private func search(_ command: Command) throws -> Answer {
        let count = try command.count.orMissing("count")
        let step = command.batch == true ? count : 1
        let range = (command.first ?? 0)..<(command.first ?? 0) + count
        let run = try Run(
            index: index.orMissing("an open index"), base: base.orMissing("base"),
            queries: queries.orMissing("queries"), ids: ids, allowed: allowed, k: command.k ?? 10,
            settings: command.settings ?? Settings())
        return try run.answer(range, step: step)
    }

    private func rebuild(_ command: Command) throws -> Answer {
        let rows = try MappedRows(command.base.orMissing("base"))
        let kind = try command.kind.orMissing("kind")
        let path = try command.path.orMissing("path")
        let run = try Run(
            index: index.orMissing("an open index"), base: base.orMissing("base"),
            queries: queries.orMissing("queries"), ids: ids, allowed: allowed, k: command.k ?? 10,
            settings: command.settings ?? Settings())
        var settings = command.settings ?? Settings()
        settings.threads = 1
        let outcome = Outcome()
        let numbers = (0..<rows.rows).map { Int64($0 + 1) }
        Thread.detachNewThread { [settings] in
            outcome.finish(
                Result { try Self.build(kind.type, over: rows, ids: numbers, path: path, settings: settings) })
        }
        var times: [Int] = []
        var query = 0
        var result = outcome.result
        while result == nil {
            times += try run.answer(query..<query + 1, step: 1).nanoseconds ?? []
            query = (query + 1) % max(run.queries.rows, 1)
            result = outcome.result
        }
        var answer = try result.orMissing("a result").get()
        answer.nanoseconds = times
        return answer
    }
}

/// What another thread hands over when it is done.
private final class Outcome: Sendable {
    private let value = Mutex<Result<Answer, any Error>?>(nil)

    var result: Result<Answer, any Error>? { value.withLock { $0 } }

    func finish(_ result: sending Result<Answer, any Error>) {
        value.withLock { $0 = result }
    }
}

extension Optional {
    func orMissing(_ what: String) throws -> Wrapped {
        guard let self else { throw CommandError.missing(what) }
        return self
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
    var nanoseconds: Int { Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000) }
}
