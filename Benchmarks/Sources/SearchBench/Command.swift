/// One line of standard input.
struct Command: Decodable {
    enum Verb: String, Decodable {
        /// Maps `base` and `queries`.
        case load
        /// Builds an index over the base and writes it to `path`.
        case build
        /// Opens the index file at `path`, `repeats` times.
        case open
        /// Lets only the rows be found whose byte in the file at `path` is not zero; without a path all rows.
        case filter
        /// Searches queries `first` to `first + count`, one at a time or as one batch.
        case search
        /// Builds an index over `base` in a second thread and searches until it is written to `path`.
        case rebuild
        case memory
    }

    let verb: Verb
    var base: VectorFile?
    var queries: VectorFile?
    var kind: IndexKind?
    var path: String?
    var repeats: Int?
    var first: Int?
    var count: Int?
    var k: Int?
    var batch: Bool?
    var settings: Settings?
}

/// The options of all indexes in one: each takes what it has.
struct Settings: Decodable, Sendable {
    var threads = 1
    var seed: UInt64 = 1
    /// How hard an approximate index looks (`efSearch`); nil leaves it to the index.
    var effort: Int?
    /// How many candidates are measured in float; nil leaves it to the index.
    var rerank: Int?
    /// How many bytes may stay resident; nil leaves it to the system.
    var memory: Int?

    private enum CodingKeys: String, CodingKey {
        case threads, seed, effort, rerank, memory
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        threads = try values.decodeIfPresent(Int.self, forKey: .threads) ?? 1
        seed = try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
        effort = try values.decodeIfPresent(Int.self, forKey: .effort)
        rerank = try values.decodeIfPresent(Int.self, forKey: .rerank)
        memory = try values.decodeIfPresent(Int.self, forKey: .memory)
    }
}

/// Where row-major Float32 rows lie in a file.
struct VectorFile: Decodable, Sendable {
    let path: String
    /// Bytes before the first row.
    let offset: Int
    let rows: Int
    let dimension: Int
}
