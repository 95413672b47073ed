import FileSystem
import Foundation
import TestSupport
import Testing

struct FileLockTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func aLockIsHeldOnceAndGivenBack() throws {
        let path = folder.path + "/lock"
        var lock: FileLock? = try FileLock(path)
        #expect(throws: FileError.locked(path: path)) { try FileLock(path) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try FileLock(path)
    }

    @Test func theHolderIsNamedUntilAnotherSigns() throws {
        let path = folder.path + "/lock"
        #expect(FileLock.signature(path) == nil)
        var lock: FileLock? = try FileLock(path)
        lock?.sign("the first, who has much to say")
        #expect(FileLock.signature(path) == "the first, who has much to say")
        lock = nil
        lock = try FileLock(path)
        lock?.sign("another")
        #expect(FileLock.signature(path) == "another")
        withExtendedLifetime(lock) {}
    }

    /// A descriptor that is closed twice may be somebody else's the second time.
    @Test func whoIsTurnedAwayClosesNothingOfOthers() async throws {
        let path = folder.path + "/lock"
        let lock = try FileLock(path)
        let closed = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                for _ in 0..<20_000 { _ = try? FileLock(path) }
                return 0
            }
            group.addTask {
                var closed = 0
                for _ in 0..<20_000 {
                    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                    sched_yield()
                    if close(descriptor) != 0 { closed += 1 }
                }
                return closed
            }
            return await group.reduce(0, +)
        }
        withExtendedLifetime(lock) {}
        #expect(closed == 0)
    }
}
