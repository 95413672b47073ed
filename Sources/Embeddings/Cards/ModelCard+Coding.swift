package import Foundation
internal import SosiaCore

extension ModelCard {
    private enum Key: String, CodingKey {
        case name, weights, input, normalisation, layout, channels, tensors, dimension, pooling, normalized, metric
        case licence, source, scales, whitening
    }

    private struct Tensors: Encodable {
        let input: String
        let output: String?
    }

    /// - Throws: ``ModelCardError/malformed(reason:)`` for a missing or mistyped field, the others for one outside its
    ///   limits.
    private init(_ card: CardFields) throws(ModelCardError) {
        let name = try card.string("name")
        let (weights, normalisation) = (try card.object("weights"), try card.object("normalisation"))
        let tensors = try card.object("tensors")
        guard let metric: Metric = try card.choice("metric") else { throw card.wrong("metric", "missing") }
        guard let pooling = Pooling(try card.required("pooling")) else {
            throw card.wrong("pooling", "neither a name nor an object with a name and numbers")
        }
        try self.init(
            name: name,
            weights: Weights(file: weights.string("file"), sha256: weights.string("sha256")),
            input: Self.geometry(card.object("input")),
            normalisation: PixelNormalisation(
                mean: normalisation.floats("mean"), scale: normalisation.floats("scale")),
            layout: card.choice("layout") ?? .nchw, channels: card.choice("channels") ?? .rgb,
            inputTensor: tensors.string("input"),
            descriptor: Descriptor(
                pooling: pooling, output: tensors.optional("output") == nil ? nil : tensors.string("output"),
                scales: card.optional("scales") == nil ? [1] : card.numbers("scales"),
                whitening: Self.whitening(card), normalized: card.bool("normalized")),
            dimension: card.integer("dimension"), metric: metric, licence: card.string("licence"),
            source: card.string("source"))
    }

    private static func geometry(_ input: CardFields) throws(ModelCardError) -> InputGeometry {
        let rule: InputGeometry.Rule
        switch try input.string("rule") {
        case "stretch": rule = .stretch
        case "centerCrop": rule = .centerCrop(shortSide: try input.integer("shortSide"))
        case "letterbox":
            let fill = input.optional("fill") == nil ? 0 : try input.integer("fill")
            guard let fill = UInt8(exactly: fill) else { throw input.wrong("fill", "\(fill), expected 0 to 255") }
            rule = .letterbox(fill: fill)
        case let other:
            throw input.wrong("rule", "\"\(other.prefix(120))\"; known: stretch, centerCrop, letterbox")
        }
        return InputGeometry(width: try input.integer("width"), height: try input.integer("height"), rule: rule)
    }

    private static func whitening(_ card: CardFields) throws(ModelCardError) -> Descriptor.Whitening? {
        if card.optional("whitening") == nil { return nil }
        let whitening = try card.object("whitening")
        return Descriptor.Whitening(name: try whitening.string("name"), sha256: try whitening.string("sha256"))
    }

    /// Writes the fields of a card; `scales` and `whitening` only where they say something.
    package func encode(to encoder: any Encoder) throws {
        var card = encoder.container(keyedBy: Key.self)
        try card.encode(name, forKey: .name)
        try card.encode(weights, forKey: .weights)
        try card.encode(input, forKey: .input)
        try card.encode(normalisation, forKey: .normalisation)
        try card.encode(layout, forKey: .layout)
        try card.encode(channels, forKey: .channels)
        try card.encode(Tensors(input: inputTensor, output: descriptor.output), forKey: .tensors)
        try card.encode(dimension, forKey: .dimension)
        try card.encode(descriptor.pooling, forKey: .pooling)
        if descriptor.scales != [1] { try card.encode(descriptor.scales, forKey: .scales) }
        try card.encodeIfPresent(descriptor.whitening, forKey: .whitening)
        try card.encodeIfPresent(descriptor.normalized, forKey: .normalized)
        try card.encode(metric, forKey: .metric)
        try card.encode(licence, forKey: .licence)
        try card.encode(source, forKey: .source)
    }

    /// Reads a card from JSON text (RFC 8259).
    package init(json: Data) throws(ModelCardError) {
        guard json.count <= Limits.fileBytes else {
            throw .tooLarge(bytes: json.count, limit: Limits.fileBytes)
        }
        let tree: JSONTree
        do throws(JSONError) {
            tree = try JSONTree(parsing: [UInt8](json))
        } catch {
            throw .malformed(reason: "not JSON: \(error)")
        }
        try self.init(CardFields(tree))
    }

    /// Reads the card at `file`.
    package init(contentsOf file: URL) throws(ModelCardError) {
        try self.init(json: try FileBytes.read(file, limit: Limits.fileBytes))
    }

    /// The card as JSON text with sorted keys, ending in a line feed.
    package func json() throws(ModelCardError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self) + Data("\n".utf8)
        } catch {
            throw .malformed(reason: "cannot be written as JSON")
        }
    }
}
