public import SosiaCore

/// Why pixels did not become a vector.
public enum EmbeddingError: Error, Hashable, Sendable {
    /// No folder that was searched holds the inference runtime.
    case runtimeMissing(searched: [String])
    case runtimeUnusable(path: String, reason: String)
    case precisionUnavailable(Precision, processor: String)
    case requestsOutOfRange(got: Int, expected: ClosedRange<Int>)

    /// - Parameter searched: folders.
    case modelUnknown(name: String, known: [String], searched: [String] = [])
    case modelExists(name: String)
    case modelUnwritable(path: String, reason: String)
    case weightsMissing(path: String)
    case weightsTooLarge(bytes: Int, limit: Int)
    case digestMismatch(file: String, got: String, expected: String)
    case modelUnreadable(path: String, reason: String)
    case inputCount(got: [String], expected: String)
    case inputMissing(name: String, present: [String])
    case outputMissing(name: String, present: [String])
    /// The card names no output, and the network has not just one.
    case outputUnnamed(present: [String])
    /// Dimensions that the network leaves open are -1.
    case inputShape(name: String, got: [Int], expected: [Int])
    case outputShape(name: String, got: [Int], expected: String)
    case elementType(tensor: String)
    case dimensionMismatch(got: Int, expected: Int)
    case inferenceFailed(reason: String)

    case pictureShape(gotWidth: Int, gotHeight: Int, expectedWidth: Int, expectedHeight: Int)
    case notFinite(position: Int)
    case card(ModelCardError)
}

extension EmbeddingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .runtimeMissing(let searched):
            "the OpenVINO runtime was not found; run scripts/setup/openvino.sh, or set SOSIA_OPENVINO to the folder "
                + "that holds libopenvino_c (searched: \(searched.joined(separator: ", ").printable))"
        case .runtimeUnusable(let path, let reason):
            "the OpenVINO runtime \(path.printable) cannot be used: \(reason.printable)"
        case .precisionUnavailable(let precision, let processor):
            "this processor does not compute in \(precision.rawValue) (\(processor.printable))"
        case .requestsOutOfRange(let got, let expected):
            "\(got) requests were asked for, expected \(expected.lowerBound) to \(expected.upperBound)"
        case .modelUnknown(let name, let known, let searched):
            "there is no model \"\(name.printable)\"; known: "
                + (known.isEmpty ? "none" : known.joined(separator: ", ").printable)
                + (searched.isEmpty
                    ? "" : "; " + Self.wayToModels + " (searched: \(searched.joined(separator: ", ").printable))")
        case .modelExists(let name):
            "there is a model \"\(name.printable)\" already"
        case .modelUnwritable(let path, let reason):
            "the model cannot be stored at \(path.printable): \(reason.printable)"
        case .weightsMissing(let path):
            "there is no weights file at \(path.printable)"
        case .weightsTooLarge(let bytes, let limit):
            "the weights file has \(bytes) bytes, at most \(limit) are taken"
        case .digestMismatch(let file, let got, let expected):
            "the sha256 of \(file.printable) is \(got), the card expects \(expected)"
        case .modelUnreadable(let path, let reason):
            "the network \(path.printable) cannot be read: \(reason.printable)"
        case .inputCount(let got, let expected):
            "the network has \(got.count) inputs (\(list(got))), expected only \"\(expected.printable)\""
        case .inputMissing(let name, let present):
            "the network has no input \"\(name.printable)\"; present: \(list(present))"
        case .outputMissing(let name, let present):
            "the network has no output \"\(name.printable)\"; present: \(list(present))"
        case .outputUnnamed(let present):
            "the card names no output and the network has \(present.count): \(list(present))"
        case .inputShape(let name, let got, let expected):
            "the input \"\(name.printable)\" has the shape \(got), the card expects \(expected)"
        case .outputShape(let name, let got, let expected):
            "the output \"\(name.printable)\" has the shape \(got), the card expects \(expected)"
        case .elementType(let tensor):
            "the tensor \"\(tensor.printable)\" does not hold 32-bit floats"
        case .dimensionMismatch(let got, let expected):
            "the network gives \(got) dimensions, the card expects \(expected)"
        case .inferenceFailed(let reason):
            "the inference failed: \(reason.printable)"
        case .pictureShape(let gotWidth, let gotHeight, let expectedWidth, let expectedHeight):
            "the picture has \(gotWidth) x \(gotHeight) pixels, the network takes "
                + "\(expectedWidth) x \(expectedHeight)"
        case .notFinite(let position):
            "the network's value at position \(position) is not a finite number"
        case .card(let error):
            error.description
        }
    }

    private static let wayToModels =
        "`sosia model add` or scripts/setup/weights.sh brings one, and SOSIA_MODELS names a folder of models"

    private func list(_ names: [String]) -> String {
        names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ").printable
    }
}
