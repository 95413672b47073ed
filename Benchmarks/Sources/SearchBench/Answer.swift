/// One line of standard output: what a command has to say, the rest left out.
struct Answer: Encodable {
    var error: String?
    var simd: String?
    /// The indexes that this build has.
    var kinds: [String]?
    var dimension: Int?
    var rows: Int?
    /// Seconds of each step of a build.
    var train: Double?
    var add: Double?
    var write: Double?
    /// Of the index file.
    var bytes: Int?
    /// Nanoseconds of each query, each batch or each opening.
    var nanoseconds: [Int]?
    /// Row numbers, nearest first, a list a query.
    var found: [[Int]]?
    /// Means over the queries: rows looked at in any form, rows whose floats were read.
    var scanned: Double?
    var measured: Double?
    var memory: ResidentMemory?
}

/// What a command can lack.
enum CommandError: Error, CustomStringConvertible {
    case missing(String)
    case outOfRange(String)
    case tooShort(path: String)

    var description: String {
        switch self {
        case .missing(let what): "\(what) is missing"
        case .outOfRange(let what): "\(what) is out of range"
        case .tooShort(let path): "\(path) is shorter than its rows"
        }
    }
}
