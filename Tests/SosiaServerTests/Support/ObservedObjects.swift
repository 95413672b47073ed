import Foundation
import SosiaCore
import Synchronization

/// An object store that counts what is read in parts, and whose lengths can be held back.
final class ObservedObjects: ObjectStore {
    struct State {
        /// Bytes that were read in parts.
        var read = 0
        /// Questions for lengths that have come, and that have their answer or were cancelled.
        var asked = 0
        var answered = 0
        /// Whether lengths are told.
        var isOpen: Bool
    }

    private let store: any ObjectStore
    private let state: Mutex<State>

    init(_ store: any ObjectStore, isOpen: Bool = true) {
        self.store = store
        state = Mutex(State(isOpen: isOpen))
    }

    var now: State { state.withLock { $0 } }

    func open() { state.withLock { $0.isOpen = true } }

    func wait(until condition: (State) -> Bool) async throws {
        while !condition(now) { try await Task.sleep(for: .milliseconds(5)) }
    }

    func length(of key: ContentHash) async throws -> Int? {
        state.withLock { $0.asked += 1 }
        defer { state.withLock { $0.answered += 1 } }
        try await wait { $0.isOpen }
        return try await store.length(of: key)
    }

    func get(_ key: ContentHash, _ range: Range<Int>) async throws -> [UInt8]? {
        let part = try await store.get(key, range)
        state.withLock { $0.read += part?.count ?? 0 }
        return part
    }

    func put(_ bytes: [UInt8], as key: ContentHash) async throws { try await store.put(bytes, as: key) }
    func get(_ key: ContentHash) async throws -> [UInt8]? { try await store.get(key) }
    func contains(_ key: ContentHash) async throws -> Bool { try await store.contains(key) }
    func examine(_ key: ContentHash) async throws -> ObjectCondition { try await store.examine(key) }
    func remove(_ key: ContentHash, writtenBefore date: Date) async throws -> Bool {
        try await store.remove(key, writtenBefore: date)
    }
    func objects(after key: ContentHash?, limit: Int) async throws -> [StoredObject] {
        try await store.objects(after: key, limit: limit)
    }
}
