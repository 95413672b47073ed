internal import Crypto
internal import FileSystem
internal import Foundation
internal import SosiaCore

/// Compiled networks on disk, a cache: deleting a file costs a compilation, a damaged one is never used.
///
/// A file is 64 bytes of header and the runtime's own export. The name holds a digest of everything that the export
/// depends on: weights, shape, tensor names, precision, runtime and processor.
/// ```
/// 0   8  magic "SosiaNet"
/// 8   8  version, little-endian
/// 16  8  bytes of the export, little-endian
/// 24  32 SHA-256 of the export
/// 56  8  zero
/// ```
struct CompiledNetworkCache {
    static let headerBytes = 64
    private static let magic = Array("SosiaNet".utf8)
    private static let version: UInt64 = 1

    let directory: URL?

    /// The network from the cache, else compiled from the weights, whose digest is then checked, and kept.
    func network(
        card: ModelCard, weights: URL, runtime: OpenVINORuntime, settings: CompiledNetwork.Settings
    ) throws(EmbeddingError) -> CompiledNetwork {
        let file = directory.map { $0.appendingPathComponent(name(card, runtime, settings)) }
        if let file, let kept = kept(file, runtime: runtime, settings: settings) { return kept }
        let digest = try FileBytes.sha256(of: weights)
        guard digest == card.weights.sha256 else {
            throw .digestMismatch(file: card.weights.file, got: digest, expected: card.weights.sha256)
        }
        let network = try NetworkFile(path: weights.path, runtime: runtime)
        try card.check(network)
        let compiled = try network.compiled(runtime: runtime, settings: settings)
        if let file { keep(compiled, at: file, family: family(card, settings)) }
        return compiled
    }

    private func family(_ card: ModelCard, _ settings: CompiledNetwork.Settings) -> String {
        "\(card.name)-\(settings.precision.rawValue)-"
    }

    private func name(
        _ card: ModelCard, _ runtime: OpenVINORuntime, _ settings: CompiledNetwork.Settings
    ) -> String {
        let facts: [String] = [
            card.weights.sha256, "\(card.inputShape)", card.inputTensor, card.descriptor.output ?? "",
            "\(card.dimension)", Descriptor(pooling: card.descriptor.pooling).text, settings.precision.rawValue,
            runtime.version, runtime.processor,
            runtime.capabilities.joined(separator: " "), "\(Self.version)",
        ]
        let digest = SHA256.hash(data: Data(facts.joined(separator: "\u{1f}").utf8))
        return family(card, settings) + digest.hexadecimal.prefix(32) + ".network"
    }

    private func kept(
        _ file: URL, runtime: OpenVINORuntime, settings: CompiledNetwork.Settings
    ) -> CompiledNetwork? {
        guard let memory = MappedBytes(path: file.path), memory.count > Self.headerBytes else { return nil }
        let header = Data(memory.bytes.prefix(Self.headerBytes))
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: memory.bytes.dropFirst(Self.headerBytes)))
        guard header == Self.header(bytes: memory.count - Self.headerBytes, digest: hash.finalize()) else {
            return nil
        }
        return try? CompiledNetwork(
            importing: memory, offset: Self.headerBytes, runtime: runtime, settings: settings)
    }

    /// Best effort: a full disk or a read-only folder must not keep anybody from embedding.
    private func keep(_ network: CompiledNetwork, at file: URL, family: String) {
        let files = FileManager.default
        let folder = file.deletingLastPathComponent()
        let part = folder.appendingPathComponent(".\(file.lastPathComponent).\(UUID().uuidString)")
        defer { try? files.removeItem(at: part) }
        do {
            try Folder.create(folder.path, isSynced: false)
            try network.export(to: part.path)
            let export = try Data(contentsOf: part, options: .alwaysMapped)
            let header = [UInt8](Self.header(bytes: export.count, digest: SHA256.hash(data: export)))
            // The digest tells a file that a crash tore.
            try DurableFile.place(file.path, isSynced: false) { path in
                var writer = try FileWriter(creating: path)
                try writer.append(header.span.bytes)
                try writer.append(export.bytes)
            }
        } catch {
            return
        }
        for other in (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
        where other.hasPrefix(family) && other.hasSuffix(".network") && other != file.lastPathComponent
            && other.utf8.count == file.lastPathComponent.utf8.count
        {
            try? files.removeItem(at: folder.appendingPathComponent(other))
        }
    }

    private static func header(bytes: Int, digest: SHA256.Digest) -> Data {
        var header = Data(magic)
        for number in [version, UInt64(bytes)] {
            withUnsafeBytes(of: number.littleEndian) { header.append(contentsOf: $0) }
        }
        header.append(contentsOf: digest)
        header.append(Data(count: headerBytes - header.count))
        return header
    }
}
