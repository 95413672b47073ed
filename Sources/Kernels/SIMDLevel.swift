internal import CKernels

/// The sets of instructions that kernels exist for.
public enum SIMDLevel: Int32, Sendable, Hashable, CaseIterable {
    /// Plain loops; on aarch64 the compiler makes NEON of them.
    case scalar = 0
    case avx2 = 1
    /// With the byte, word and VNNI extensions.
    case avx512 = 2

    /// What this process uses: the processor's best, or what the environment variable `SOSIA_SIMD` names
    /// (`scalar`, `avx2`, `avx512`) where the processor has it.
    public static var current: SIMDLevel {
        SIMDLevel(rawValue: sosia_kernels_current().pointee.level) ?? .scalar
    }

    /// The levels that this processor has, the plainest first.
    public static var available: [SIMDLevel] {
        allCases.filter { sosia_kernels_at($0.rawValue) != nil }
    }
}
