import Sosia
import Synchronization

/// Searches by id, several at once, for a while.
struct Load: Decodable {
    let seconds: Double
    let tasks: Int
    let k: Int
    /// nil leaves the way to the library.
    let recall: Double?

    struct Result: Encodable {
        let searches: Int
        let seconds: Double
    }

    /// - Parameter pictures: their number; the pictures 1 to `pictures` are there.
    func run(on store: Store, pictures: Int) async throws -> Result {
        let mode: SearchRequest.Mode = recall.map { .approximate(recall: $0) } ?? .automatic
        let turns = Atomic(0)
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks {
                group.addTask {
                    while ContinuousClock.now < end {
                        let turn = turns.add(1, ordering: .relaxed).oldValue
                        let id = ImageID(rawValue: Int64(Self.id(at: turn, of: pictures)))
                        _ = try await store.search(id, k: k, mode: mode)
                    }
                }
            }
            try await group.waitForAll()
        }
        return Result(searches: turns.load(ordering: .relaxed), seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// The order of `similar.lua`: every picture once, neighbours far apart.
    static func id(at turn: Int, of pictures: Int) -> Int { 1 + turn % pictures * 7919 % pictures }
}
