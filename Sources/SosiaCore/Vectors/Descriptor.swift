internal import Foundation

/// How a network's maps become a vector: which output is read, how it is pooled, and how the result is processed.
///
/// Vectors of different descriptors are not comparable, so a model card states one and a ``ModelIdentity`` carries it.
/// All fields but the pooling are optional. A descriptor that this release cannot compute is valid here, and refused
/// where the card is read.
public struct Descriptor: Sendable, Hashable {
    /// A projection learned beforehand and applied to the pooled vector.
    public struct Whitening: Sendable, Hashable, Encodable {
        public let name: String
        /// SHA-256 of the file with the mean and the directions, 64 lower-case hexadecimal digits.
        public let sha256: String

        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// The name of the network output to pool; nil if there is only one.
    public let output: String?
    public let pooling: Pooling
    /// The sizes at which the picture is processed, relative to the network's input.
    public let scales: [Double]
    /// nil for no whitening.
    public let whitening: Whitening?
    /// Whether the vector is finally scaled to length 1; nil where a collection does not record it.
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

    /// What a collection records: only the name for plain pooling, which is all that earlier releases recorded (the
    /// model's name and weights determine the rest), and every field for anything else.
    public var remembered: Descriptor {
        let word = Descriptor(pooling: pooling)
        guard Self.words.contains(word), scales == word.scales, whitening == nil else { return self }
        return word
    }
}

// MARK: As text

extension Descriptor {
    /// The descriptors that are written as one word, the name of the pooling.
    private static let words = [Descriptor(pooling: .none), Descriptor(pooling: .average)]

    /// The canonical text: `none` or `average` for plain pooling, otherwise a JSON object with sorted keys and no spaces,
    /// such as `{"normalized":true,"output":"features","pooling":{"name":"gem","p":3}}`.
    public var text: String {
        if Self.words.contains(self) { return pooling.name }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // The encoder would otherwise fail for numbers that JSON cannot represent.
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
        guard let tree = try? JSONTree(parsing: text), let pooling = tree.member("pooling").flatMap(Pooling.init) else {
            return nil
        }
        let whitening = tree.member("whitening").flatMap { tree -> Whitening? in
            guard let name = tree.member("name")?.string, let sha256 = tree.member("sha256")?.string else { return nil }
            return Whitening(name: name, sha256: sha256)
        }
        self.init(
            pooling: pooling, output: tree.member("output")?.string, scales: tree.member("scales")?.doubles ?? [1],
            whitening: whitening, normalized: tree.member("normalized")?.bool)
        // What is of another kind is missing here.
        guard self.text == text else { return nil }
    }

    private struct Fields: Encodable {
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
