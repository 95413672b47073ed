internal import Foundation

/// How the maps of a network become one vector: which output is read, how it is pooled, and what happens to the result.
///
/// Vectors of two descriptors are not comparable, so a model card states one and a ``ModelIdentity`` carries it. Every
/// field beyond the pooling may be left out; a value that this release cannot compute is still a descriptor, and is
/// refused where a card is read.
public struct Descriptor: Sendable, Hashable {
    /// A projection that is learned beforehand and applied to the pooled vector.
    public struct Whitening: Sendable, Hashable, Codable {
        public let name: String
        /// SHA-256 of the file with the mean and the directions, 64 lower-case hexadecimal digits.
        public let sha256: String

        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// The name of the network's output that is pooled; nil is the only one.
    public let output: String?
    public let pooling: Pooling
    /// The sizes at which the picture is seen, each as a factor of the network's input.
    public let scales: [Double]
    /// nil leaves the pooled vector as it is.
    public let whitening: Whitening?
    /// Whether the vector is scaled to length 1 at the end; nil where a collection does not remember it.
    public let normalized: Bool?

    public init(
        pooling: Pooling, output: String? = nil, scales: [Double] = [1], whitening: Whitening? = nil,
        normalized: Bool? = nil
    ) {
        self.pooling = pooling
        self.output = output
        self.scales = scales
        self.whitening = whitening
        self.normalized = normalized
    }

    /// What a collection remembers: of plain pooling only its name, which is all that collections ever held of it (the
    /// model's name and weights stand for the rest); of anything else every field.
    public var remembered: Descriptor {
        let word = Descriptor(pooling: pooling)
        guard Self.words.contains(word), scales == word.scales, whitening == nil else { return self }
        return word
    }
}

// MARK: As text

extension Descriptor {
    /// Those that have a word of their own: its pooling's name.
    private static let words = [Descriptor(pooling: .none), Descriptor(pooling: .average)]

    /// One text for each descriptor: `none` and `average` for plain pooling, else a JSON object with sorted keys and
    /// without spaces, such as `{"normalized":true,"output":"features","pooling":{"name":"gem","p":3}}`.
    public var text: String {
        if Self.words.contains(self) { return pooling.name }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Without this line the encoder would fail for numbers that JSON cannot hold.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let data = try? encoder.encode(
            Fields(
                normalized: normalized, output: output, pooling: pooling, scales: scales == [1] ? nil : scales,
                whitening: whitening))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// - Returns: nil for anything but the ``text`` of a descriptor.
    public init?(text: String) {
        if let word = Self.words.first(where: { $0.pooling.name == text }) {
            self = word
            return
        }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(text.utf8)) else { return nil }
        self.init(
            pooling: fields.pooling, output: fields.output, scales: fields.scales ?? [1], whitening: fields.whitening,
            normalized: fields.normalized)
        guard self.text == text else { return nil }
    }

    private struct Fields: Codable {
        let normalized: Bool?
        let output: String?
        let pooling: Pooling
        let scales: [Double]?
        let whitening: Whitening?
    }
}

extension Descriptor: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let descriptor = Descriptor(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is not a descriptor")
        }
        self = descriptor
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
