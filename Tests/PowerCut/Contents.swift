import Sosia
import SosiaCore

/// What a client sees of a collection.
struct Contents: Hashable, Sendable {
    /// Newest first.
    let records: [ImageRecord]
    /// The uploads whose bytes are given out as they came.
    let originals: Set<ContentHash>
    /// What is nearest to the newest picture.
    let nearest: [ImageID]

    static let empty = Contents(records: [], originals: [], nearest: [])

    private init(records: [ImageRecord], originals: Set<ContentHash>, nearest: [ImageID]) {
        (self.records, self.originals, self.nearest) = (records, originals, nearest)
    }

    init(of store: Store) async throws {
        records = try await store.pictures(limit: 10_000)
        var originals: Set<ContentHash> = []
        for record in records where record.sources.contains(where: \.isUpload) {
            originals.insert(try await store.original(of: record.id).hash)
        }
        self.originals = originals
        if let newest = records.first {
            nearest = try await store.search(newest.id, k: 3).hits.map(\.record.id)
        } else {
            nearest = []
        }
    }
}

extension SourceLocation {
    fileprivate var isUpload: Bool { if case .upload = self { true } else { false } }
}
