import Foundation
import SosiaCore
import Testing

@testable import Embeddings

@Suite struct ModelCardTests {
    @Test func defaultCardIsValidAndSaysWhatTheWeightsAre() throws {
        let card = try ModelCard(contentsOf: Fixture.defaultCard)
        #expect(card.name == "efficientnet-lite0")
        #expect(card.dimension == 1280 && card.descriptor.pooling == .average)
        #expect(card.descriptor.output == "features" && card.descriptor.normalized == true)
        #expect(card.normalisation == .efficientNetLite)
        #expect(card.identity(precision: .bf16).precision == .bf16)
    }

    @Test func jsonRoundTrip() throws {
        let card = try ModelCard(contentsOf: Fixture.defaultCard)
        #expect(try ModelCard(json: card.json()) == card)
    }

    /// What earlier releases wrote is what is written, field by field.
    @Test func cardsKeepTheirForm() throws {
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: Fixture.defaultCard)) as? NSDictionary
        let written = try ModelCard(contentsOf: Fixture.defaultCard).json()
        #expect(try JSONSerialization.jsonObject(with: written) as? NSDictionary == file)
        let lines = String(decoding: written, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains(#"  "normalized" : true,"#) && lines.contains(#"  "pooling" : "average","#))
        let card = try Fixture.card(output: nil, pooling: .none)
        #expect(String(decoding: try card.json(), as: UTF8.self).contains(#""input" : "input"\#n  },"#))
        #expect(try ModelCard(json: card.json()) == card)
    }

    /// Plain pooling is remembered as it always was, whatever else the card says.
    @Test func collectionsRememberPlainPoolingByItsName() throws {
        for (output, normalized) in [("features", true), ("features", false), (nil, true)] {
            let card = try Fixture.card(output: output, normalized: normalized)
            #expect(card.identity(precision: .f32).descriptor == Descriptor(pooling: .average))
        }
    }

    /// Understood, but not built: the error names the field and what there is.
    @Test(arguments: [
        (#""pooling": {"name": "gem", "p": 3}"#, "pooling", "gem", ["average", "none"]),
        (#""pooling": "rmac""#, "pooling", "rmac", ["average", "none"]),
        (#""pooling": "average", "scales": [1, 0.5]"#, "scales", "[1.0, 0.5]", ["[1]"]),
        (#""pooling": "average", "scales": []"#, "scales", "[]", ["[1]"]),
        (
            #""pooling": "average", "whitening": {"name": "photos", "sha256": "00"}"#, "whitening", "photos", ["none"]
        ),
    ])
    func descriptorsThatCannotBeComputedAreNamed(fields: String, field: String, got: String, known: [String]) throws {
        let text = String(decoding: try Fixture.card().json(), as: UTF8.self)
        let changed = text.replacing(#""pooling" : "average""#, with: fields)
        #expect(changed != text)
        let error = ModelCardError.unsupported(field: field, got: got, known: known)
        #expect(throws: error) { try ModelCard(json: Data(changed.utf8)) }
        #expect(error.description.hasSuffix("known: \(known.joined(separator: ", "))"))
    }

    /// Each replaces one field of a good card with a hostile value.
    @Test(arguments: [
        ("name", #""../evil""#), ("name", #""""#), ("name", #"".hidden""#), ("name", #""a\u0000b""#),
        ("name", "17"), ("name", "\"\(String(repeating: "x", count: 101))\""),
        ("weights", #"{"file":"/etc/passwd","sha256":"SHA"}"#), ("weights", #"{"file":"a/b.onnx","sha256":"SHA"}"#),
        ("weights", #"{"file":"model.xml","sha256":"SHA"}"#), ("weights", #"{"file":"a.onnx","sha256":"abc"}"#),
        ("weights", "null"),
        ("input", #"{"width":0,"height":224,"rule":"stretch"}"#),
        ("input", #"{"width":224,"height":4097,"rule":"stretch"}"#),
        ("input", #"{"width":-9223372036854775808,"height":9223372036854775807,"rule":"stretch"}"#),
        ("input", #"{"width":1e30,"height":224,"rule":"stretch"}"#),
        ("input", #"{"width":224,"height":224,"rule":"centerCrop","shortSide":100}"#),
        ("input", #"{"width":224,"height":224,"rule":"letterbox","fill":300}"#),
        ("input", #"{"width":224,"height":224,"rule":"fold"}"#),
        ("normalisation", #"{"mean":[0,0],"scale":[1,1,1]}"#),
        ("normalisation", #"{"mean":[0,0,0],"scale":[1,0,1]}"#),
        ("normalisation", #"{"mean":[0,0,1e39],"scale":[1,1,1]}"#),
        ("tensors", #"{"input":"","output":"features"}"#), ("tensors", #"{"input":"in\nput","output":"features"}"#),
        ("dimension", "0"), ("dimension", "65537"), ("dimension", "1e400"), ("dimension", "1.5"),
        ("pooling", #""median""#), ("pooling", "3"), ("pooling", #"{"p":3}"#), ("pooling", #"{"name":"gem","p":"x"}"#),
        ("pooling", #"{"name":"average","p":3}"#), ("pooling", #"{"name":"gem","p":1e400}"#), ("metric", #""hamming""#),
        ("layout", #""chw""#), ("normalized", "1"),
        ("licence", "\"\(String(repeating: "x", count: 2001))\""),
    ])
    func hostileFieldsAreRefused(field: String, value: String) throws {
        let sha = String(repeating: "0", count: 64)
        var fields = [
            "name": #""good""#, "weights": #"{"file":"good.onnx","sha256":"\#(sha)"}"#,
            "input": #"{"width":224,"height":224,"rule":"stretch"}"#,
            "normalisation": #"{"mean":[0,0,0],"scale":[1,1,1]}"#, "tensors": #"{"input":"a","output":"b"}"#,
            "dimension": "8", "pooling": #""none""#, "normalized": "true", "metric": #""l2""#, "licence": #""MIT""#,
            "source": #""here""#,
        ]
        func json() -> Data {
            Data("{\(fields.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
        }
        _ = try ModelCard(json: json())
        fields[field] = value.replacingOccurrences(of: "SHA", with: sha)
        #expect(throws: ModelCardError.self) { try ModelCard(json: json()) }
        fields[field] = nil
        if field != "layout" {
            #expect(throws: ModelCardError.malformed(reason: "field \"\(field)\" is missing")) {
                try ModelCard(json: json())
            }
        }
    }

    @Test(arguments: [
        ("\"dimension\" : 8", "\"dimension\" : 1e30", "dimension", "whole"),
        ("\"dimension\" : 8", "\"dimension\" : 1.5", "dimension", "whole"),
        ("\"width\" : 224", "\"width\" : 99999999999999999999", "input.width", "whole"),
        ("127", "1e39", "normalisation.mean", "32-bit"),
    ])
    func aNumberThatDoesNotFitIsNamed(old: String, new: String, field: String, kind: String) throws {
        let text = """
            {"name": "a", "weights": {"file": "a.onnx", "sha256": "\(String(repeating: "0", count: 64))"},
             "input": {"width" : 224, "height": 224, "rule": "stretch"}, "dimension" : 8, "pooling": "none",
             "normalisation": {"mean": [0, 127, 0], "scale": [1, 1, 1]}, "tensors": {"input": "a", "output": "b"},
             "normalized": true, "metric": "l2", "licence": "", "source": ""}
            """
        _ = try ModelCard(json: Data(text.utf8))
        #expect {
            try ModelCard(json: Data(text.replacing(old, with: new).utf8))
        } throws: { error in
            guard case ModelCardError.malformed(let reason) = error else { return false }
            return reason.hasPrefix("field \"\(field)\" is ") && reason.contains("not a \(kind) number")
        }
    }

    @Test func aCardThatIsTooLargeIsNamedWithItsSize() throws {
        try Fixture.withFolder { folder in
            let file = folder.appendingPathComponent("card.json")
            try Data(count: 200_000).write(to: file)
            #expect(throws: ModelCardError.tooLarge(bytes: 200_000, limit: ModelCard.Limits.fileBytes)) {
                try ModelCard(contentsOf: file)
            }
        }
    }

    @Test func whatIsWrongIsNamedWithItsFieldOrItsPlace() throws {
        let text = String(decoding: try Fixture.card().json(), as: UTF8.self)
        for (old, new, reason) in [
            (#""layout" : "nchw""#, #""layout" : "chw""#, "field \"layout\" is \"chw\"; known: nchw, nhwc"),
            (
                #""rule" : "stretch""#, #""rule" : "fold""#,
                "field \"input.rule\" is \"fold\"; known: stretch, centerCrop, letterbox"
            ),
            (#""width" : 16"#, #""width" : "16""#, "field \"input.width\" is not a number"),
            (#""input" : "input","#, "", "field \"tensors.input\" is missing"),
            (#""normalized" : false"#, #""normalized" : null"#, "field \"normalized\" is null"),
            (#""layout" : "nchw""#, #""layout" : "#, "not JSON: line 9, byte 136: a value is expected"),
        ] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            #expect(throws: ModelCardError.malformed(reason: reason)) { try ModelCard(json: Data(changed.utf8)) }
        }
    }

    @Test func deepCardsAreRefused() {
        for depth in [33, 480] {
            let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect {
                try ModelCard(json: Data("{\"name\":\(lists)}".utf8))
            } throws: {
                "\($0)".contains("nested more than 32 deep")
            }
        }
    }

    @Test func textThatIsNoCardIsRefused() {
        for text in ["", "[]", "null", "{", "\u{0}", String(repeating: "[", count: 60_000), "{\"name\":}"] {
            #expect(throws: ModelCardError.self) { try ModelCard(json: Data(text.utf8)) }
        }
        let limit = ModelCard.Limits.fileBytes
        #expect(throws: ModelCardError.tooLarge(bytes: limit + 1, limit: limit)) {
            try ModelCard(json: Data(count: limit + 1))
        }
        #expect(throws: ModelCardError.fileMissing(path: "/nowhere/card.json")) {
            try ModelCard(contentsOf: URL(fileURLWithPath: "/nowhere/card.json"))
        }
    }

    @Test func descriptionsAreOnOneLine() {
        let error = ModelCardError.invalid(field: "name", got: "a\nb\u{1b}[31m\u{2028}", expected: "a name")
        #expect(!error.description.hasControlCharacters)
    }
}
