internal import Foundation

/// Memory that was freed, and that the C library keeps for itself.
///
/// No header that Swift sees declares what is called here, and only the GNU library has it.
package enum FreedMemory {
    /// Half as many arenas as processors, instead of eight for each: a server's threads take turns, and what one freed is
    /// then of use to the others. Called on the main thread before others are made; `MALLOC_ARENA_MAX` in the environment wins.
    package static func share() {
        guard ProcessInfo.processInfo.environment["MALLOC_ARENA_MAX"] == nil, let address = dlsym(nil, "mallopt")
        else { return }
        let arenas = max(ProcessInfo.processInfo.activeProcessorCount / 2, 1)
        _ = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)(-8, Int32(arenas))  // M_ARENA_MAX
    }

    /// Gives it back to the system, after work that needed much more than what follows it. It takes milliseconds.
    package static func giveBack() {
        guard let address = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(address, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
