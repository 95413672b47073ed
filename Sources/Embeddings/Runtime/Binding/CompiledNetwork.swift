internal import COpenVINO
internal import SosiaCore
internal import Synchronization

/// A network compiled for this processor. Requests are made from any thread.
final class CompiledNetwork: @unchecked Sendable {
    struct Settings: Hashable, Sendable {
        let precision: Precision
        /// How many requests run at once, each on one thread.
        let requests: Int
    }

    let handle: OpaquePointer
    /// Imported networks use the file's memory for their weights.
    private let memory: MappedBytes?

    init(handle: OpaquePointer, memory: MappedBytes? = nil) {
        self.handle = handle
        self.memory = memory
    }

    /// Takes the network that ``export(to:)`` wrote, from `offset` in `memory` to its end.
    convenience init(
        importing memory: MappedBytes, offset: Int, runtime: OpenVINORuntime, settings: Settings
    ) throws(EmbeddingError) {
        var handle: OpaquePointer?
        let result = runtime.core.importing.withLock { _ in
            Result { () throws(EmbeddingError) in
                try Binding.call({ .inferenceFailed(reason: $0) }) {
                    sosia_ov_import(
                        runtime.core.pointer, memory.start + offset, memory.count - offset,
                        settings.precision.rawValue, Int32(settings.requests), &handle, $0)
                }
            }
        }
        try result.get()
        guard let handle else { throw .inferenceFailed(reason: "no handle") }
        self.init(handle: handle, memory: memory)
    }

    deinit {
        sosia_ov_network_free(handle)
    }

    func export(to path: String) throws(EmbeddingError) {
        try Binding.call({ .modelUnwritable(path: path, reason: $0) }) { sosia_ov_export(handle, path, $0) }
    }
}

/// A file in memory for as long as this object lives.
final class MappedBytes: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let count: Int

    /// - Returns: nil when the file is absent, empty or not readable.
    init?(path: String) {
        var count = 0
        guard let start = sosia_file_map(path, &count) else { return nil }
        self.start = start
        self.count = count
    }

    deinit {
        sosia_file_unmap(start, count)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
