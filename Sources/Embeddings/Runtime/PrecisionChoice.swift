/// What a user asks for; ``OpenVINORuntime/precision(for:)`` says what it means on a processor.
public enum PrecisionChoice: String, Sendable, Hashable, Codable, CaseIterable {
    /// bf16 where the processor computes in it natively (AVX-512 BF16, AMX), else f32.
    case auto
    case f32
    case bf16
}
