internal import COpenVINO
internal import SosiaCore

/// A network as its file describes it, before it is compiled.
final class NetworkFile {
    struct Port {
        let name: String
        /// Dimensions that the network leaves open are -1; empty when even their number is open.
        let shape: [Int]
        let isFloat: Bool

        init(_ port: sosia_ov_port) {
            var port = port
            name = withUnsafeBytes(of: &port.name) { Binding.string($0) }
            let rank = Int(port.rank)
            shape = withUnsafeBytes(of: &port.dimensions) { bytes in
                bytes.bindMemory(to: Int64.self).prefix(max(rank, 0)).map { Int($0) }
            }
            isFloat = port.element_type == SOSIA_OV_F32
        }
    }

    let path: String
    private let handle: OpaquePointer

    init(path: String, runtime: OpenVINORuntime) throws(EmbeddingError) {
        var handle: OpaquePointer?
        try Binding.call({ .modelUnreadable(path: path, reason: $0) }) {
            sosia_ov_model_read(runtime.core.pointer, path, &handle, $0)
        }
        guard let handle else { throw .modelUnreadable(path: path, reason: "no handle") }
        self.path = path
        self.handle = handle
    }

    deinit {
        sosia_ov_model_free(handle)
    }

    func inputs() throws(EmbeddingError) -> [Port] { try ports(outputs: 0) }
    func outputs() throws(EmbeddingError) -> [Port] { try ports(outputs: 1) }

    private func ports(outputs: Int32) throws(EmbeddingError) -> [Port] {
        var count = 0
        try Binding.call(unreadable) { sosia_ov_model_count(handle, outputs, &count, $0) }
        var ports: [Port] = []
        for index in 0..<count {
            var port = sosia_ov_port()
            try Binding.call(unreadable) { sosia_ov_model_port(handle, outputs, index, &port, $0) }
            ports.append(Port(port))
        }
        return ports
    }

    /// Fixes the shape of one input; what follows from it is worked out by the runtime.
    func fix(input: String, shape: [Int]) throws(EmbeddingError) {
        try Binding.call(unreadable) {
            sosia_ov_model_reshape(handle, input, shape.map { Int64($0) }, Int32(shape.count), $0)
        }
    }

    func compiled(
        runtime: OpenVINORuntime, settings: CompiledNetwork.Settings
    ) throws(EmbeddingError) -> CompiledNetwork {
        var network: OpaquePointer?
        try Binding.call(unreadable) {
            sosia_ov_compile(handle, settings.precision.rawValue, Int32(settings.requests), &network, $0)
        }
        guard let network else { throw unreadable("no handle") }
        return CompiledNetwork(handle: network)
    }

    private func unreadable(_ reason: String) -> EmbeddingError { .modelUnreadable(path: path, reason: reason) }
}
