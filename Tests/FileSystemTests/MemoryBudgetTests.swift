import Foundation
@testable import FileSystem
import Testing

struct MemoryBudgetTests {
    @Test func tooLittleIsRefused() {
        #expect(MemoryBudget(bytes: MemoryBudget.minimumBytes - 1) == nil)
        #expect(MemoryBudget(bytes: MemoryBudget.minimumBytes)?.bytes == MemoryBudget.minimumBytes)
    }

    /// In a process of its own: what is resident is everybody's.
    @Test(.enabled(if: MemoryBudget.resident() != nil, "the system does not say what is resident"))
    func pagesAreGivenBack() async {
        await #expect(processExitsWith: .success) { try MemoryBudgetTests().touchFarMoreThanTheBudget() }
    }

    /// The bytes stay right and the resident size stays small.
    fileprivate func touchFarMoreThanTheBudget() throws {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-budget-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let size = 96 << 20
        let block = [UInt8](repeating: 7, count: 1 << 20)
        var writer = try FileWriter(creating: path)
        for _ in 0..<size >> 20 { try writer.append(block.span.bytes) }
        let file = try MappedFile(path)
        func touch(_ range: Range<Int>) -> Int {
            file.withBytes { bytes in
                stride(from: range.lowerBound, to: range.upperBound, by: 4096).reduce(0) {
                    $0 + Int(bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
                }
            }
        }
        let before = try #require(MemoryBudget.resident())
        let budget = try #require(MemoryBudget(bytes: max(before + (40 << 20), MemoryBudget.minimumBytes)))
        var most = 0
        for first in stride(from: 0, to: size, by: 8 << 20) {
            #expect(touch(first..<first + 8 << 20) == 7 * (8 << 20) / 4096)
            budget.hold(file)
            most = max(most, MemoryBudget.resident() ?? .max)
        }
        #expect(most <= budget.bytes)
    }
}
