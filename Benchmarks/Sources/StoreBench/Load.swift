import Sosia

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
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let searches = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var done = 0
                    while ContinuousClock.now < end {
                        let id = ImageID(rawValue: Int64(Self.id(at: task + done * tasks, of: pictures)))
                        _ = try await store.search(id, k: k, mode: mode)
                        done += 1
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        return Result(searches: searches, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// The order of `similar.lua`: every picture once, neighbours far apart.
    static func id(at turn: Int, of pictures: Int) -> Int { 1 + turn % pictures * 7919 % pictures }
}
