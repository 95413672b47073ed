internal import COpenVINO
package import SosiaCore
internal import Synchronization

/// The inference runtime of this process: opened when the first embedder is made, never closed.
///
/// Source: OpenVINO's C API (docs.openvino.ai, "OpenVINO Runtime C API"), bound with `dlopen`.
package struct OpenVINORuntime: Sendable {
    /// The library that was opened.
    package let path: String
    /// The build, such as `2026.4.1-22982-...`.
    package let version: String
    /// The processor's name as the runtime sees it.
    package let processor: String
    /// What the processor computes natively: `FP32`, `BF16`, `INT8`, ...
    package let capabilities: [String]

    let core: Core

    /// The runtime's handle. The pointer is only ever given to functions that may be called from any thread.
    final class Core: @unchecked Sendable {
        let pointer: OpaquePointer
        /// Importing passes its properties through the core, so it happens one at a time.
        let importing = Mutex<Void>(())

        init(_ pointer: OpaquePointer) {
            self.pointer = pointer
        }
    }

    private static let opened = Mutex<[String: OpenVINORuntime]>([:])

    /// Opens the library at `path`, or gives the one that was opened from there before.
    init(library path: String) throws(EmbeddingError) {
        let result = Self.opened.withLock { opened -> Result<OpenVINORuntime, EmbeddingError> in
            if let known = opened[path] { return .success(known) }
            return Result { () throws(EmbeddingError) in
                let new = try OpenVINORuntime(opening: path)
                opened[path] = new
                return new
            }
        }
        self = try result.get()
    }

    private init(opening path: String) throws(EmbeddingError) {
        func unusable(_ reason: String) -> EmbeddingError { .runtimeUnusable(path: path, reason: reason) }
        var handle: OpaquePointer?
        try Binding.call(unusable) { sosia_ov_open(path, &handle, $0) }
        guard let handle else { throw .runtimeUnusable(path: path, reason: "no handle") }
        self.path = path
        core = Core(handle)
        version = try Binding.text(unusable) { sosia_ov_version(handle, $0, $1, $2) }
        processor = try Binding.text(unusable) { sosia_ov_cpu_property(handle, "FULL_DEVICE_NAME", $0, $1, $2) }
        capabilities = try Binding.text(unusable) {
            sosia_ov_cpu_property(handle, "OPTIMIZATION_CAPABILITIES", $0, $1, $2)
        }.split(whereSeparator: { " ,".contains($0) }).map(String.init)
    }

    /// The precision to compute in on this processor.
    /// - Parameter wanted: nil for bf16 where the processor computes in it natively (AVX-512 BF16, AMX), else f32.
    /// - Throws: ``EmbeddingError/precisionUnavailable(_:processor:)`` when bf16 is asked for and not there.
    package func precision(_ wanted: Precision?) throws(EmbeddingError) -> Precision {
        let hasBF16 = capabilities.contains("BF16")
        if wanted == .bf16, !hasBF16 { throw .precisionUnavailable(.bf16, processor: processor) }
        return wanted ?? (hasBF16 ? .bf16 : .f32)
    }
}

/// Calls into `COpenVINO`, whose failures become errors.
enum Binding {
    static func call(
        _ failure: (String) -> EmbeddingError, _ body: (UnsafeMutablePointer<sosia_ov_message>) -> Int32
    ) throws(EmbeddingError) {
        var message = sosia_ov_message()
        guard body(&message) == 0 else {
            throw failure(withUnsafeBytes(of: &message.text) { string($0) })
        }
    }

    /// The text that `body` writes into the memory it is given.
    static func text(
        _ failure: (String) -> EmbeddingError,
        _ body: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<sosia_ov_message>) -> Int32
    ) throws(EmbeddingError) -> String {
        var characters = [CChar](repeating: 0, count: 1024)
        try call(failure) { message in
            characters.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count, message) }
        }
        return characters.withUnsafeBytes { string($0) }
    }

    /// The bytes up to the first zero as text.
    static func string(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
