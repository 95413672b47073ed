import Foundation
public import SosiaCore

/// The promises of `ObjectStore`, as checks for any store, like those of ``EngineConformance``.
public enum ObjectStoreConformance {
    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        public let name: String
        let body: @Sendable (StoreSubject) async throws -> Void

        public var description: String { name }

        /// - Parameter makeStore: returns an empty store; called once.
        /// - Throws: ``ConformanceFailure``, or an error that the store should not have thrown.
        public func run(_ makeStore: () async throws -> any ObjectStore) async throws {
            try await body(StoreSubject(check: name, store: try await makeStore()))
        }
    }

    public static let checks: [Check] = [
        Check(name: "an empty store has nothing") { subject in
            let key = try subject.key(1)
            try subject.equal(try await subject.store.get(key), nil)
            try subject.equal(try await subject.store.get(key, 0..<9), nil)
            try subject.equal(try await subject.store.length(of: key), nil)
            try subject.equal(try await subject.store.contains(key), false)
            try subject.equal(try await subject.store.objects(after: nil, limit: 10), [])
            try subject.equal(try await subject.store.remove(key, writtenBefore: .distantFuture), false)
        },
        Check(name: "what was put is there, byte by byte") { subject in
            let objects: [[UInt8]] = [[], [0], Array(repeating: 7, count: 100_000), Array(0...255)]
            for (number, bytes) in objects.enumerated() {
                try await subject.store.put(bytes, as: subject.key(number))
            }
            for (number, bytes) in objects.enumerated() {
                try subject.equal(try await subject.store.get(subject.key(number)), bytes)
                try subject.equal(try await subject.store.contains(subject.key(number)), true)
            }
        },
        Check(name: "an object is read in parts, up to its end") { subject in
            let objects: [[UInt8]] = [[], [5], (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }]
            for (number, bytes) in objects.enumerated() {
                try await subject.store.put(bytes, as: subject.key(number))
            }
            for (number, bytes) in objects.enumerated() {
                let key = try subject.key(number)
                try subject.equal(try await subject.store.length(of: key), bytes.count)
                for range in [0..<0, 0..<1, 0..<70_000, 1..<3, 99_999..<100_001, 65_536..<131_072, 100_000..<100_001] {
                    try subject.equal(
                        try await subject.store.get(key, range), Array(bytes[range.clamped(to: bytes.indices)]))
                }
            }
        },
        Check(name: "a key that is there is left alone") { subject in
            try await subject.store.put([1, 2, 3], as: subject.key(1))
            try await subject.store.put([1, 2, 3], as: subject.key(1))
            try subject.equal(try await subject.store.get(subject.key(1)), [1, 2, 3])
            try subject.equal(try await subject.keys(limit: 10), [subject.key(1)])
        },
        Check(name: "what a disk has changed is replaced by the bytes that are put again") { subject in
            let key = try subject.key(1)
            let bytes = [UInt8](repeating: 7, count: 3_000_000)
            for damaged in [[], Array(bytes.dropLast()), bytes + [0], bytes.dropLast() + [6]] {
                try await subject.store.put(damaged, as: key)
                try subject.equal(try await subject.store.get(key), damaged)
                try await subject.store.put(bytes, as: key)
                try subject.equal(try await subject.store.get(key), bytes)
            }
            try subject.equal(try await subject.keys(limit: 10), [key])
        },
        Check(name: "an object is held against its key") { subject in
            // SHA-256 of "abc" (FIPS 180-4, example B.1).
            let name = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            guard let key = ContentHash(hexadecimal: name) else {
                throw ConformanceFailure(check: subject.check, fact: "no key", line: #line)
            }
            try subject.equal(try await subject.store.examine(key), .missing)
            try await subject.store.put(Array("abc".utf8), as: key)
            try subject.equal(try await subject.store.examine(key), .whole)
            for damaged in ["", "ab", "abd"] {
                try await subject.store.put(Array(damaged.utf8), as: key)
                try subject.equal(try await subject.store.examine(key), .changed(bytes: damaged.utf8.count))
            }
        },
        Check(name: "what was removed is gone, and may come again") { subject in
            for number in 1...2 { try await subject.store.put([UInt8(number)], as: subject.key(number)) }
            for isThere in [true, false] {
                try subject.equal(
                    try await subject.store.remove(subject.key(1), writtenBefore: .distantFuture), isThere)
            }
            try subject.equal(try await subject.store.get(subject.key(1)), nil)
            try subject.equal(try await subject.store.get(subject.key(2)), [2])
            try await subject.store.put([1], as: subject.key(1))
            try subject.equal(try await subject.store.get(subject.key(1)), [1])
        },
        Check(name: "what was put since is not removed") { subject in
            let key = try subject.key(1)
            try await subject.store.put([1], as: key)
            guard let first = try await subject.store.objects(after: nil, limit: 10).first?.written else {
                throw ConformanceFailure(check: subject.check, fact: "the object is not listed", line: #line)
            }
            try subject.equal(try await subject.store.remove(key, writtenBefore: first), false)
            try subject.equal(try await subject.store.get(key), [1])
            // Stores have coarse clocks, so the object is put until its time changes.
            var written = first
            while written == first {
                try await subject.store.put([1], as: key)
                written = try await subject.store.objects(after: nil, limit: 10).first?.written ?? .distantFuture
            }
            try subject.expect(written > first, "putting it again made it older")
            try subject.equal(try await subject.store.remove(key, writtenBefore: written), false)
            try subject.equal(
                try await subject.store.remove(key, writtenBefore: written.addingTimeInterval(0.001)), true)
            try subject.equal(try await subject.store.contains(key), false)
        },
        Check(name: "keys come in order, in parts of any size") { subject in
            let keys = try (0..<50).map { try subject.key($0 * 37 % 50) }
            for key in keys { try await subject.store.put(key.bytes, as: key) }
            let sorted = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            for limit in [1, 7, 50, 1_000] {
                var listed: [ContentHash] = []
                while true {
                    let part = try await subject.keys(after: listed.last, limit: limit)
                    if part.isEmpty { break }
                    try subject.expect(part.count <= limit, "\(part.count) keys, at most \(limit)")
                    listed += part
                }
                try subject.equal(listed, sorted)
            }
        },
        Check(name: "many may write and read at once") { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for number in 0..<20 {
                            let bytes = [UInt8](repeating: UInt8(number), count: 1_000 + number)
                            try await subject.store.put(bytes, as: subject.key(number))
                            try subject.equal(try await subject.store.get(subject.key(number)), bytes)
                            if worker == 0 { _ = try await subject.keys(limit: 100) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try subject.equal(try await subject.keys(limit: 100).count, 20)
        },
    ]
}

/// The store under test, with the vocabulary of the checks.
struct StoreSubject: Sendable {
    let check: String
    let store: any ObjectStore

    func expect(_ condition: Bool, _ fact: @autoclosure () -> String, line: UInt = #line) throws {
        guard condition else { throw ConformanceFailure(check: check, fact: fact(), line: line) }
    }

    func equal<Value: Equatable>(_ got: Value, _ expected: Value, line: UInt = #line) throws {
        try expect(got == expected, "got \(got), expected \(expected)", line: line)
    }

    func keys(after key: ContentHash? = nil, limit: Int) async throws -> [ContentHash] {
        try await store.objects(after: key, limit: limit).map(\.key)
    }

    /// Any 32 bytes will do as a key, since stores do not check it. Keys of consecutive numbers have no common prefix.
    func key(_ number: Int) throws -> ContentHash {
        let bytes = (0..<32).map { UInt8(truncatingIfNeeded: (number + 1) &* (2 * $0 + 101)) }
        guard let key = ContentHash(bytes: bytes) else {
            throw ConformanceFailure(check: check, fact: "no key", line: #line)
        }
        return key
    }
}
