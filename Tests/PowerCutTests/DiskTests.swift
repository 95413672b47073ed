import DiskModel
import SosiaCore
import Testing

/// The model of a disk that loses what was not synced.
struct DiskTests {
    private static func states(_ calls: [SystemCall], sets: Int = 0) async throws -> Set<DiskState> {
        let bounds = PowerCuts.Bounds(positions: .max, singles: .max, sets: sets)
        var generator = SplitMix(seed: 1)
        // States are given once between two answers.
        let cuts = try PowerCuts(of: calls + [.answered], in: "/disk", bounds: bounds, using: &generator)
        var states: Set<DiskState> = []
        try await cuts.forEach(part: 0, of: 1) { cut in
            if cut.answers == 1 { states.insert(cut.state) }
        }
        return states
    }

    private static func files(_ calls: [SystemCall], sets: Int = 0) async throws -> Set<[String: [UInt8]]> {
        Set(try await states(calls, sets: sets).map(\.files))
    }

    private static let create: [SystemCall] = [
        .open(file: 1, path: "/disk", creates: false, empties: false),
        .open(file: 2, path: "/disk/a", creates: true, empties: false), .write(file: 2, offset: 0, bytes: [1, 2]),
    ]

    @Test func whatWasNotSyncedMayBeLost() async throws {
        let found = try await Self.files(Self.create)
        #expect(found == [["a": [1, 2]], ["a": []], [:]])
    }

    @Test func bytesAndNamesAreKeptEachByTheirOwnSync() async throws {
        #expect(try await Self.files(Self.create + [.sync(file: 2)]) == [["a": [1, 2]], [:]])
        #expect(try await Self.files(Self.create + [.sync(file: 1)]) == [["a": [1, 2]], ["a": []]])
        #expect(try await Self.files(Self.create + [.sync(file: 2), .sync(file: 1)]) == [["a": [1, 2]]])
    }

    @Test func renamingIsAtomic() async throws {
        let durable = Self.create + [.sync(file: 2), .sync(file: 1)]
        let renamed = durable + [.rename("/disk/a", to: "/disk/b")]
        #expect(try await Self.files(renamed) == [["a": [1, 2]], ["b": [1, 2]]])
        #expect(try await Self.files(renamed + [.sync(file: 1)]) == [["b": [1, 2]]])
        // What it replaces is there until then.
        let other: [SystemCall] = [
            .open(file: 3, path: "/disk/b", creates: true, empties: false), .write(file: 3, offset: 0, bytes: [9]),
            .sync(file: 3), .sync(file: 1), .rename("/disk/a", to: "/disk/b"),
        ]
        #expect(try await Self.files(durable + other) == [["a": [1, 2], "b": [9]], ["b": [1, 2]]])
    }

    @Test func removedFilesComeBack() async throws {
        let durable = Self.create + [.sync(file: 2), .sync(file: 1), .unlink("/disk/a")]
        #expect(try await Self.files(durable) == [["a": [1, 2]], [:]])
        #expect(try await Self.files(durable + [.sync(file: 1)]) == [[:]])
        // A new file of the same name is another one; only its name may be lost, or all but the removal.
        let again: [SystemCall] = [
            .open(file: 3, path: "/disk/a", creates: true, empties: false), .write(file: 3, offset: 0, bytes: [7]),
        ]
        let found = try await Self.files(durable + again)
        #expect(found == [["a": [7]], ["a": []], ["a": [1, 2]], [:]])
    }

    @Test func lengthsAndPartsOfAFileAreLostOneByOne() async throws {
        let durable = Self.create + [.sync(file: 2), .sync(file: 1)]
        let changed: [SystemCall] = [
            .truncate(file: 2, length: 1), .write(file: 2, offset: 3, bytes: [4]),
        ]
        let found = try await Self.files(durable + changed)
        #expect(found == [["a": [1, 0, 0, 4]], ["a": [1, 2, 0, 4]], ["a": [1]], ["a": [1, 2]]])
        let emptied: [SystemCall] = [.open(file: 3, path: "/disk/a", creates: false, empties: true)]
        #expect(try await Self.files(durable + emptied) == [["a": [1, 2]], ["a": []]])
    }

    @Test func foldersAreNamesInThoseAbove() async throws {
        let calls: [SystemCall] = [
            .makeFolder("/disk/f"), .open(file: 1, path: "/disk/f", creates: false, empties: false),
            .open(file: 2, path: "/disk/f/a", creates: true, empties: false), .sync(file: 1),
        ]
        // The name in the folder is durable, and the folder's own is not.
        #expect(try await Self.states(calls).map(\.folders).sorted { $0.count < $1.count } == [[], ["f"]])
        let synced: [SystemCall] = [.open(file: 3, path: "/disk", creates: false, empties: false), .sync(file: 3)]
        #expect(try await Self.files(calls + synced) == [["f/a": []]])
    }

    @Test func writesAreTornAtSectors() async throws {
        let calls: [SystemCall] = [
            .open(file: 1, path: "/disk", creates: false, empties: false),
            .open(file: 2, path: "/disk/a", creates: true, empties: false), .sync(file: 1),
            .write(file: 2, offset: 500, bytes: [UInt8](repeating: 1, count: 1_036)),
        ]
        // 12 bytes, then two sectors.
        let ones = try await Self.files(calls, sets: 800).map { files in
            let bytes = files["a"] ?? []
            return [0..<512, 512..<1_024, 1_024..<1_536].map { bytes[$0.clamped(to: bytes.indices)].count { $0 == 1 } }
        }
        #expect(Set(ones).count == 8)
        #expect(ones.allSatisfy { [0, 12].contains($0[0]) && [0, 512].contains($0[1]) && [0, 512].contains($0[2]) })
    }

    @Test func whatTheModelDoesNotKnowIsAnError() async throws {
        for call in [SystemCall.sync(file: 9), .unlink("/elsewhere/a"), .rename("/disk/a", to: "/disk/f/a")] {
            await #expect(throws: UnknownCall.self) {
                try await Self.files(Self.create + [.makeFolder("/disk/f"), call])
            }
        }
    }
}
