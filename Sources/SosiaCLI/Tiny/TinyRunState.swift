import FileSystem
import Foundation
import Sosia
import SosiaCore
import TinyImages

/// What the scores in a folder of results were made of, in `run.json`: when it is the same, they are kept.
///
/// It never names scores of another file or number of neighbours: it is written before the first of them is.
struct TinyRunState: Codable {
    /// What tells a file from another one, or from itself before it was changed.
    private struct Source: Codable, Hashable {
        /// Bytes.
        let size: Int64
        /// Nanoseconds since 1970.
        let modified: Int64
        let inode: UInt64
        /// Of records at the front, in the middle and at the end of the file, SHA-256.
        let sample: String
    }

    private let source: Source
    /// Neighbours a picture.
    private let k: Int
    /// By picture, the SHA-256 of its 3,072 values.
    private(set) var pictures: [String: String] = [:]

    /// Records that are looked at.
    private static let sampled = 64

    init(database: TinyImageFile, k: Int) throws {
        self.k = k
        let count = database.count
        var bytes: [UInt8] = []
        for index in 0..<min(Self.sampled, count) {
            bytes += try database.record(index * (count - 1) / max(min(Self.sampled, count) - 1, 1)).bytes
        }
        source = Source(
            size: database.stamp.size, modified: database.stamp.modified, inode: database.stamp.inode,
            sample: Self.digest(bytes))
    }

    /// - Returns: nil when there is no such file, or it does not read as one.
    init?(contentsOf path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let state = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = state
    }

    /// Whether scores were made of the same file and are as many.
    func agrees(with other: TinyRunState) -> Bool { source == other.source && k == other.k }

    /// Adopts the pictures of a state that agrees with this one, except those that are asked about no more.
    mutating func keep(_ pictures: [String: String], of queries: [TinyRun.Query]) {
        let names = Set(queries.map(\.name))
        self.pictures = pictures.filter { names.contains($0.key) }
    }

    /// Whether a picture has its scores.
    func names(_ query: TinyRun.Query) -> Bool { pictures[query.name] == Self.digest(query.image.bytes) }

    /// From now on a picture has its scores.
    mutating func add(_ query: TinyRun.Query) { pictures[query.name] = Self.digest(query.image.bytes) }

    /// From now on a picture has none.
    mutating func remove(_ query: TinyRun.Query) { pictures[query.name] = nil }

    func write(to path: String) throws {
        let text = try Console.indentedJSON(self) + "\n"
        try DurableFile.write(Array(text.utf8).span.bytes, to: path)
    }

    private static func digest(_ bytes: [UInt8]) -> String { ContentHash(of: bytes).map { "\($0)" } ?? "" }
}
