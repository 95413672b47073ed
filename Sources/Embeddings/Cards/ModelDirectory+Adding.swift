internal import FileSystem
package import Foundation

extension ModelDirectory {
    /// The most bytes that a weights file may have.
    package static let weightsLimit = 4 << 30

    /// Checks a model by running it once, then stores card and weights in ``additions``.
    ///
    /// Adding what is there already changes nothing.
    /// - Parameters:
    ///   - card: the JSON file.
    ///   - weights: the ONNX file; it is stored under the name that the card gives it.
    ///   - runtime: nil opens the one that is found.
    /// - Throws: ``EmbeddingError``: the first fact that is wrong. Nothing is stored then.
    @discardableResult
    package func add(
        card file: URL, weights: URL, runtime: OpenVINORuntime? = nil
    ) throws(EmbeddingError) -> InstalledModel {
        let card: ModelCard
        do {
            card = try ModelCard(contentsOf: file)
        } catch {
            throw .card(error)
        }
        guard let folder = additions else {
            throw .modelUnwritable(path: "", reason: "there is no folder for models (the search path is empty)")
        }
        try Self.checkSize(of: weights)
        let known = list().models.first { $0.card.name == card.name }
        if let known {
            guard known.card == card else { throw .modelExists(name: card.name) }
            if FileManager.default.fileExists(atPath: known.weights.path) { return known }
        }
        try card.verify(weights: weights, runtime: runtime)
        let target = InstalledModel(card: card, weights: folder.appendingPathComponent(card.weights.file))
        try store(target, from: weights, in: folder)
        return target
    }

    private static func checkSize(of weights: URL) throws(EmbeddingError) {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: weights.resolvingSymlinksInPath().path),
            facts[.type] as? FileAttributeType == .typeRegular, let bytes = facts[.size] as? NSNumber
        else { throw .weightsMissing(path: weights.path) }
        guard bytes.intValue <= weightsLimit else {
            throw .weightsTooLarge(bytes: bytes.intValue, limit: weightsLimit)
        }
    }

    /// The card comes last, so that a card in the folder always has its weights.
    private func store(_ model: InstalledModel, from weights: URL, in folder: URL) throws(EmbeddingError) {
        let files = FileManager.default
        do {
            try Folder.create(folder.path)
            if files.fileExists(atPath: model.weights.path) {
                let digest = try FileBytes.sha256(of: model.weights)
                guard digest == model.card.weights.sha256 else {
                    throw EmbeddingError.digestMismatch(
                        file: model.weights.path, got: digest, expected: model.card.weights.sha256)
                }
            } else {
                try DurableFile.place(model.weights.path) { part in
                    try files.copyItem(atPath: weights.resolvingSymlinksInPath().path, toPath: part)
                }
            }
            let card = [UInt8](try model.card.json())
            try DurableFile.write(card.span.bytes, to: folder.path + "/" + model.card.name + ".json")
        } catch let error as EmbeddingError {
            throw error
        } catch let error as ModelCardError {
            throw .card(error)
        } catch {
            throw .modelUnwritable(path: folder.path, reason: "no permission, or the disk is full")
        }
    }
}
