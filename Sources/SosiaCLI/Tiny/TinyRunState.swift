import Foundation
import Sosia
import TinyImages

/// What the scores in a folder of results were made of, in `run.json`: when it is the same, they are kept.
struct TinyRunState: Codable {
    /// Records.
    let count: Int
    /// Of records at the front, in the middle and at the end of the file, SHA-256.
    let sample: String
    /// Neighbours a picture.
    let k: Int
    /// By picture, the SHA-256 of its 3,072 values.
    private(set) var pictures: [String: String] = [:]

    /// Records that tell one file from another.
    private static let sampled = 64

    init(database: TinyImageFile, k: Int) throws {
        count = database.count
        self.k = k
        var bytes: [UInt8] = []
        for index in 0..<min(Self.sampled, count) {
            bytes += try database.record(index * (count - 1) / max(min(Self.sampled, count) - 1, 1)).bytes
        }
        sample = Self.digest(bytes)
    }

    /// - Returns: nil when there is no such file, or it does not read as one.
    init?(contentsOf path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let state = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = state
    }

    func naming(_ queries: [TinyRun.Query]) -> TinyRunState {
        var state = self
        for query in queries { state.pictures[query.name] = Self.digest(query.image.bytes) }
        return state
    }

    /// Whether the scores of a picture were made of the same file and pixels before.
    func fits(_ before: TinyRunState?, _ query: TinyRun.Query) -> Bool {
        guard let before, before.count == count, before.sample == sample, before.k == k else { return false }
        return before.pictures[query.name] == Self.digest(query.image.bytes)
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try (encoder.encode(self) + [UInt8(ascii: "\n")]).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func digest(_ bytes: [UInt8]) -> String { ContentHash(of: bytes).map { "\($0)" } ?? "" }
}
