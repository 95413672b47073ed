internal import SosiaCore

extension ModelCard {
    /// What a card may say. Cards come from outside, so every field has a limit.
    package enum Limits {
        /// Bytes of the JSON file.
        package static let fileBytes = 65_536
        /// Pixels of a side of the input, and of the side that a picture is scaled to before cropping.
        package static let side = 1...4096
        package static let dimension = 1...65_536
        /// Characters of the name, and of the weights file's name.
        package static let nameLength = 1...100
        /// UTF-8 bytes of a tensor's name.
        package static let tensorNameLength = 1...255
        /// Characters of licence and source.
        package static let noteLength = 0...2000
        package static let mean: ClosedRange<Float> = -1e6...1e6
        package static let scale: ClosedRange<Float> = 1e-6...1e6
    }

    /// - Throws: ``ModelCardError/invalid(field:got:expected:)`` or ``ModelCardError/unsupported(field:got:known:)`` for
    ///   the first field that cannot be used.
    func validate() throws(ModelCardError) {
        try check(Self.isFileName(name), "name", name, "1 to 100 letters, digits, '-', '_' or '.', not first a '.'")
        try check(
            Self.isFileName(weights.file) && weights.file.hasSuffix(".onnx"), "weights.file", weights.file,
            "a file name without a folder that ends in .onnx")
        let digits = weights.sha256.utf8
        try check(
            digits.count == 64 && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) },
            "weights.sha256", weights.sha256, "64 lower-case hexadecimal digits")
        try checkInput()
        try check(
            normalisation.mean.count == 3 && normalisation.mean.allSatisfy(Limits.mean.contains),
            "normalisation.mean", "\(normalisation.mean.prefix(4))", "three values in \(Limits.mean)")
        try check(
            normalisation.scale.count == 3 && normalisation.scale.allSatisfy(Limits.scale.contains),
            "normalisation.scale", "\(normalisation.scale.prefix(4))", "three values in \(Limits.scale)")
        try checkDescriptor()
        try check(Limits.dimension.contains(dimension), "dimension", "\(dimension)", "\(Limits.dimension)")
        try check(metric != .hamming, "metric", metric.rawValue, "l2, cosine or innerProduct")
        for (field, value) in [("licence", licence), ("source", source)] {
            try check(
                Limits.noteLength.contains(value.count) && !value.hasControlCharacters, field, value,
                "at most 2000 characters on one line")
        }
    }

    /// Refuses a descriptor that has no meaning, or that this release cannot compute.
    private func checkDescriptor() throws(ModelCardError) {
        for (field, value) in [("tensors.input", inputTensor), ("tensors.output", descriptor.output)] {
            guard let value else { continue }
            try check(
                Limits.tensorNameLength.contains(value.utf8.count) && !value.hasControlCharacters, field, value,
                "1 to 255 bytes without control characters")
        }
        _ = try descriptor.pooling.algorithm()
        guard descriptor.scales == [1] else {
            throw .unsupported(field: "scales", got: "\(descriptor.scales.prefix(4))", known: ["[1]"])
        }
        if let whitening = descriptor.whitening {
            throw .unsupported(field: "whitening", got: String(whitening.name.prefix(120)), known: ["none"])
        }
        try check(descriptor.normalized != nil, "normalized", "missing", "true or false")
    }

    private func checkInput() throws(ModelCardError) {
        try check(Limits.side.contains(input.width), "input.width", "\(input.width)", "\(Limits.side)")
        try check(Limits.side.contains(input.height), "input.height", "\(input.height)", "\(Limits.side)")
        if case .centerCrop(let shortSide) = input.rule {
            let range = max(input.width, input.height)...Limits.side.upperBound
            try check(range.contains(shortSide), "input.shortSide", "\(shortSide)", "\(range)")
        }
    }

    private func check(
        _ passes: Bool, _ field: String, _ got: @autoclosure () -> String, _ expected: @autoclosure () -> String
    ) throws(ModelCardError) {
        guard !passes else { return }
        throw .invalid(field: field, got: String(got().prefix(120)), expected: expected())
    }

    /// Whether `text` can be a file's name in any folder and never leads out of it.
    static func isFileName(_ text: String) -> Bool {
        Limits.nameLength.contains(text.utf8.count) && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
