package import Foundation
internal import SosiaCore

extension ModelCard {
    private enum Key: String, CodingKey {
        case name, weights, input, normalisation, layout, channels, tensors, dimension, pooling, normalized, metric
        case licence, source, scales, whitening
    }

    private struct Tensors: Codable {
        let input: String
        let output: String?
    }

    /// - Throws: `DecodingError` for a missing or mistyped field, ``ModelCardError`` for one outside its limits.
    package init(from decoder: any Decoder) throws {
        let card = try decoder.container(keyedBy: Key.self)
        let name = try card.decode(String.self, forKey: .name)
        let tensors = try card.decode(Tensors.self, forKey: .tensors)
        try self.init(
            name: name,
            weights: card.decode(Weights.self, forKey: .weights),
            input: card.decode(InputGeometry.self, forKey: .input),
            normalisation: card.decode(PixelNormalisation.self, forKey: .normalisation),
            layout: card.decodeIfPresent(Layout.self, forKey: .layout) ?? .nchw,
            channels: card.decodeIfPresent(Channels.self, forKey: .channels) ?? .rgb,
            inputTensor: tensors.input,
            descriptor: Descriptor(
                pooling: card.decode(Pooling.self, forKey: .pooling), output: tensors.output,
                scales: card.decodeIfPresent([Double].self, forKey: .scales) ?? [1],
                whitening: card.decodeIfPresent(Descriptor.Whitening.self, forKey: .whitening),
                normalized: card.decode(Bool.self, forKey: .normalized)),
            dimension: card.decode(Int.self, forKey: .dimension),
            metric: card.decode(Metric.self, forKey: .metric),
            licence: card.decode(String.self, forKey: .licence),
            source: card.decode(String.self, forKey: .source))
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
        do {
            self = try JSONDecoder().decode(ModelCard.self, from: json)
        } catch let error as ModelCardError {
            throw error
        } catch let error as DecodingError {
            throw .malformed(reason: Self.misfit(in: json, error) ?? error.fact)
        } catch {
            throw .malformed(reason: "not JSON")
        }
    }

    /// The number that made the decoder take good JSON for bad: it does not say which.
    private static func misfit(in json: Data, _ error: DecodingError) -> String? {
        guard case .dataCorrupted(let context) = error, context.codingPath.isEmpty,
            let value = try? JSONSerialization.jsonObject(with: json)
        else { return nil }
        return misfit(value, path: [])
    }

    private static func misfit(_ value: Any, path: [String]) -> String? {
        switch value {
        case let fields as [String: Any]:
            return fields.sorted { $0.key < $1.key }.lazy.compactMap { misfit($0.value, path: path + [$0.key]) }.first
        case let items as [Any]:
            return items.lazy.compactMap { misfit($0, path: path) }.first
        case let number as NSNumber:
            let value = number.doubleValue
            let fractions = [Key.normalisation, .pooling, .scales].map(\.rawValue)
            let isWhole = path.first.map(fractions.contains) != true
            if isWhole ? Int(exactly: value) != nil : Float(value).isFinite { return nil }
            let kind = isWhole ? "a whole number" : "a 32-bit number"
            return "field \"\(path.joined(separator: "."))\" is \(number), which is not \(kind) that can be used"
        default:
            return nil
        }
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

extension DecodingError {
    /// The field and what is wrong with it, on one line.
    fileprivate var fact: String {
        func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap { $0 }).map(\.stringValue).joined(separator: ".")
        }
        return switch self {
        case .keyNotFound(let key, let context): "field \"\(path(context, key))\" is missing"
        case .valueNotFound(_, let context): "field \"\(path(context))\" is null"
        case .typeMismatch(let type, let context): "field \"\(path(context))\" is not a \(type)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "not JSON" : "field \"\(path(context))\": \(context.debugDescription)"
        @unknown default: "not a model card"
        }
    }
}
