internal import Foundation

/// Memory that was freed, and that the C library keeps for itself.
public enum FreedMemory {
    /// Gives it back to the system, after work that needed much more than what follows it. It takes milliseconds.
    public static func giveBack() {
        // No header that Swift sees declares it, and only the GNU library has it.
        guard let address = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(address, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
