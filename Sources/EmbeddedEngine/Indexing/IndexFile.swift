import SosiaCore

/// What an index file was made of; its name, `KIND-GENERATION-ROWS-DIGEST`, says so.
///
/// The digest binds it to the vectors: a collection that was put back from a copy may have the same generation and
/// other rows.
struct IndexFile: Sendable, Hashable {
    private static let calibration = ".calibration"

    let kind: String
    let generation: Int64
    /// The rows that it covers, from the first on.
    let rows: Int
    /// ``VectorFile/digest(rows:)``
    let digest: UInt32

    init(kind: String, generation: Int64, rows: Int, digest: UInt32) {
        self.kind = kind
        self.generation = generation
        self.rows = rows
        self.digest = digest
    }

    /// - Returns: nil for a name that is not one of these.
    init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, let generation = Int64(parts[1]), let rows = Int(parts[2]), rows > 0,
            let digest = UInt32(parts[3], radix: 16)
        else { return nil }
        self.init(kind: String(parts[0]), generation: generation, rows: rows, digest: digest)
        guard self.name == name else { return nil }
    }

    /// - Parameter name: of an index, or of the file beside one.
    init?(belongingTo name: String) {
        self.init(name: name.hasSuffix(Self.calibration) ? String(name.dropLast(Self.calibration.count)) : name)
    }

    /// The file beside it that says what recall costs.
    var calibrationName: String { name + Self.calibration }

    var name: String { "\(kind)-\(generation)-\(rows)-\(String(digest, radix: 16))" }
}

extension VectorFile {
    /// So many rows stand for all.
    private static let sampledRows = 16

    /// A checksum of some of the first `rows` rows, the first and the last among them.
    func digest(rows: Int) -> UInt32 {
        let sampled = min(rows, Self.sampledRows)
        return (0..<sampled).reduce(0) { sum, index in
            let slot = sampled > 1 ? (rows - 1) * index / (sampled - 1) : 0
            return row(slot).checksum(continuing: sum)
        }
    }
}
