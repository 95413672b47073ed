import Foundation
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

/// The fields of forms: what the reader takes is what the description allows.
struct FormTests {
    private static let texts = [
        "", "null", "true", "0", "1", "5", "1001", "-1", "0.5", "0.95", "1.5", #""5""#, "[]", "[5]", "[{}]", "{}", "{",
        #"{"a":1}"#, #"{"x":0,"y":0,"width":8,"height":8}"#, #"{"x":0}"#, #"{"query":{"positive":[{"id":1}]}}"#,
        "merge", "keep", "Merge", "text", "flat",
    ]
    /// A filter is a language, a cursor what the server gave, and which indexes there are depends on the collection: of
    /// them the description says only that they are texts.
    private static let languages: Set<String> = ["filter", "cursor", "index"]

    /// A path with a form, the files that make it whole, and a field that does so alone.
    @Test(arguments: [("images", "file", ""), ("search", "picture", "request")])
    func readerAndDescriptionAgree(_ path: String, _ files: String, _ whole: String) async throws {
        try await TestServer().run(pictures: 0..<2) { client async throws in
            let path = "/v1/collections/photos/" + path
            let description = try await client.get("/openapi.json").json()
            let operation = description["paths"]?[path.replacing("photos", with: "{collection}")]?["post"]
            let form = operation?["requestBody"]?["content"]?["multipart/form-data"]?["schema"]
            guard case .object(let fields)? = form?["properties"] else {
                Issue.record("\(path) has no form")
                return
            }
            var taken: Set<String> = []
            for (name, schema) in fields where name != files {
                for text in Self.texts {
                    var form = Form()
                    form.add(name, text)
                    if name != whole { form.add(files, fileName: "q.jpg", try picture(1)) }
                    let answer = try await client.post(path, form)
                    let isDescribed = Self.readings(text).contains {
                        Self.allows(schema, $0, description["components"]?["schemas"])
                    }
                    let isTaken = (200..<300).contains(answer.status)
                    if isTaken { taken.insert(name) }
                    if isDescribed, Self.languages.contains(name) {
                        #expect(answer.status < 500)
                    } else {
                        #expect(isTaken == isDescribed, "\(name)=\(text): \(answer.text)")
                    }
                }
            }
            #expect(taken == Set(fields.keys).subtracting([files]))
        }
    }

    @Test func whatIsWrongWithAFieldIsSaidWithItsName() async throws {
        try await TestServer().run { client async throws in
            for text in ["", "{", "null", "[]"] {
                let answer = try await client.post(
                    "/v1/collections/photos/images", Form.pictures(0..<1, attributes: text))
                #expect(answer.problem == "invalid-body")
                #expect(try answer.json()["pointer"] == "/attributes")
            }
        }
    }

    /// A field is a text; what is no text to the description comes as JSON.
    private static func readings(_ text: String) -> [JSONValue] {
        [.string(text)] + [try? JSONValue(parsing: text)].compactMap { $0 }
    }

    /// The keywords of JSON Schema that descriptions of forms use.
    private static func allows(_ schema: JSONValue, _ value: JSONValue, _ components: JSONValue?) -> Bool {
        if let reference = schema["$ref"]?.text, let name = reference.split(separator: "/").last {
            return components?[String(name)].map { allows($0, value, components) } ?? false
        }
        for (keyword, isEnough) in [("anyOf", { $0 > 0 }), ("oneOf", { $0 == 1 })] as [(String, (Int) -> Bool)] {
            guard let choices = schema[keyword]?.list else { continue }
            guard isEnough(choices.count { allows($0, value, components) }) else { return false }
        }
        if let values = schema["enum"]?.list, !values.contains(value) { return false }
        if let number = value.number {
            guard number >= schema["minimum"]?.number ?? -.infinity, number <= schema["maximum"]?.number ?? .infinity,
                number > schema["exclusiveMinimum"]?.number ?? -.infinity
            else { return false }
        }
        switch (schema["type"]?.text, value) {
        case (nil, _), ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer),
            ("number", .number):
            return true
        case ("string", .string(let text)):
            return Double(text.unicodeScalars.count) <= schema["maxLength"]?.number ?? .infinity
        case ("array", .array(let elements)):
            let count = Double(elements.count)
            return count >= schema["minItems"]?.number ?? 0 && count <= schema["maxItems"]?.number ?? .infinity
                && elements.allSatisfy { allows(schema["items"] ?? [:], $0, components) }
        case ("object", .object(let members)):
            guard schema["required"]?.list.allSatisfy({ members[$0.text ?? ""] != nil }) ?? true else { return false }
            return members.allSatisfy { name, value in
                guard let known = schema["properties"]?[name] ?? schema["additionalProperties"] else { return true }
                return known != false && allows(known, value, components)
            }
        default: return false
        }
    }
}
