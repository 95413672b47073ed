import Foundation
import Testing

@testable import FileSystem

struct AvailableMemoryTests {
    /// Limits as a system shows them, below a folder.
    private func withLimits<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        let root = FileManager.default.temporaryDirectory.path + "/sosia-groups-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        for (name, text) in files {
            let file = URL(fileURLWithPath: root + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try body(root)
    }

    @Test func theLeastLimitOfAGroupAndOfThoseAboveItCounts() throws {
        try withLimits([
            "memory.max": "max\n", "a/memory.max": "3000\n", "a/b/memory.max": "5000\n", "c/memory.max": "1\n",
        ]) { root in
            #expect(AvailableMemory.limit(groups: "0::/a/b\n", root: root) == 3_000)
            #expect(AvailableMemory.limit(groups: "0::/\n", root: root) == nil)
            #expect(AvailableMemory.limit(groups: "0::/c\n", root: root) == 1)
            #expect(AvailableMemory.limit(groups: "0::/../../a\n", root: root) == 3_000)
        }
    }

    @Test func bothVersionsOfControlGroupsAreKnown() throws {
        try withLimits([
            "memory/x/memory.limit_in_bytes": "1073741824\n", "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "unified/x/memory.max": "2000000000",
        ]) { root in
            #expect(AvailableMemory.limit(groups: "9:cpu,memory:/x\n0::/\n", root: root) == 1 << 30)
            #expect(AvailableMemory.limit(groups: "9:cpu:/x\n0::/x\n", root: root) == 2_000_000_000)
            // A container sees the paths of the host, and its own group at the root.
            #expect(AvailableMemory.limit(groups: "9:memory:/host/y\n", root: root) == 9_223_372_036_854_771_712)
            #expect(AvailableMemory.limit(groups: "", root: root) == nil)
            #expect(AvailableMemory.limit(groups: "nonsense\n1:2\n", root: root) == nil)
        }
    }

    @Test func theMachineSaysWhatItHas() throws {
        #expect(AvailableMemory.meminfo("MemTotal: 9 kB\nMemAvailable:     1234 kB\n") == 1_234 << 10)
        #expect(AvailableMemory.meminfo("MemTotal: 9 kB\n") == nil)
        #if os(Linux)
            #expect(try #require(AvailableMemory.bytes()) > 1 << 20)
        #endif
    }
}
