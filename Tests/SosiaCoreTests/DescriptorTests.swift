import Foundation
import SosiaCore
import Testing

@Suite struct DescriptorTests {
    private static let whitening = Descriptor.Whitening(name: "photos", sha256: String(repeating: "a", count: 64))

    @Test func plainPoolingIsOneWord() {
        #expect(Descriptor(pooling: .average).text == "average")
        #expect(Descriptor(pooling: .none).text == "none")
        #expect(Descriptor(text: "average") == Descriptor(pooling: .average))
        #expect(Descriptor(text: "none") == Descriptor(pooling: .none))
    }

    @Test(arguments: [
        (Descriptor(pooling: .average, normalized: true), #"{"normalized":true,"pooling":"average"}"#),
        (Descriptor(pooling: .average, output: "b/5 \"x\""), #"{"output":"b/5 \"x\"","pooling":"average"}"#),
        (Descriptor(pooling: Pooling("gem", ["p": 3])), #"{"pooling":{"name":"gem","p":3}}"#),
        (Descriptor(pooling: Pooling("gem")), #"{"pooling":"gem"}"#),
        (
            Descriptor(
                pooling: Pooling("rmac", ["levels": 3, "overlap": 0.4]), output: "features", scales: [1, 0.7071],
                whitening: whitening, normalized: false),
            #"{"normalized":false,"output":"features","pooling":{"levels":3,"name":"rmac","overlap":0.4},"#
                + #""scales":[1,0.7071],"whitening":{"name":"photos","sha256":"\#(whitening.sha256)"}}"#
        ),
    ])
    func textGoesThereAndBack(descriptor: Descriptor, text: String) throws {
        #expect(descriptor.text == text)
        #expect(Descriptor(text: text) == descriptor)
        #expect(try JSONDecoder().decode(Descriptor.self, from: JSONEncoder().encode(descriptor)) == descriptor)
    }

    /// A descriptor has one text, so that two collections are compared by what they say.
    @Test(arguments: [
        "", "Average", "gem", "{}", "[]", #""average""#, #"{"pooling":"average"}"#, #"{"pooling": "gem"}"#,
        #"{"pooling":{"name":"gem"}}"#, #"{"pooling":{"p":3}}"#, #"{"pooling":{"name":"gem","p":"3"}}"#,
        #"{"pooling":"gem","scales":[1]}"#, #"{"pooling":"gem","normalized":true}"#, #"{"pooling":"gem","more":1}"#,
        #"{"pooling":"gem","scales":[1e400]}"#, #"{"pooling":"gem"} "#, "average\u{0}",
    ])
    func otherTextIsNone(text: String) {
        #expect(Descriptor(text: text) == nil)
    }

    @Test func whatIsRememberedOfADescriptor() {
        #expect(
            Descriptor(pooling: .average, output: "f", normalized: true).remembered == Descriptor(pooling: .average))
        #expect(Descriptor(pooling: .none, output: "f", normalized: false).remembered == Descriptor(pooling: .none))
        for whole in [
            Descriptor(pooling: .average, output: "f", scales: [1, 2], normalized: true),
            Descriptor(pooling: .average, output: "f", whitening: Self.whitening, normalized: true),
            Descriptor(pooling: Pooling("gem", ["p": 3]), output: "f", normalized: true),
        ] {
            #expect(whole.remembered == whole)
            #expect(Descriptor(text: whole.remembered.text) == whole)
        }
    }

    /// Identities are written as before there were descriptors.
    @Test func identityKeepsItsForm() throws {
        let old =
            #"{"dimension":8,"metric":"cosine","name":"m","pooling":"average","precision":"f32","weights_sha256":"00ff"}"#
        let identity = try JSONDecoder().decode(ModelIdentity.self, from: Data(old.utf8))
        #expect(identity.descriptor == Descriptor(pooling: .average))
        #expect(identity.description == "m (weights 00ff, f32, average pooling, 8 dimensions, cosine)")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(identity), as: UTF8.self) == old)
        let other = ModelIdentity(
            name: "m", weightsSHA256: "00ff", precision: .f32,
            descriptor: Descriptor(pooling: Pooling("gem", ["p": 3]), output: "features", normalized: true),
            dimension: 8, metric: .cosine)
        #expect(other != identity)
        #expect(try JSONDecoder().decode(ModelIdentity.self, from: encoder.encode(other)) == other)
    }
}
