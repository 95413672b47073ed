import Hummingbird
import Sosia

/// A search as a form: a field `request` that is a search body and names the files, or files alone, each a positive
/// example, with plain fields `k`, `filter`, `cursor`, `max_distance`, `exact`, `recall`, `index`, `overlaps` and `region` (JSON).
struct SearchForm {
    let body: SearchBody
    let uploads: [String: [UInt8]]

    init(
        _ request: Request, _ context: ServerContext, reader: FormReader, share: HeldBytes.Share
    ) async throws {
        var uploads: [String: [UInt8]] = [:]
        var names: [String] = []
        var fields: [String: JSONValue] = [:]
        try await reader.read(request, context, share: share) { part in
            let name = part.headers.name
            guard part.isFile else {
                fields[name] = try Self.value(of: name, part)
                return
            }
            guard uploads.count < SearchBody.maximumExamples else {
                throw Problem(.tooManyFiles, "a search takes at most \(SearchBody.maximumExamples)")
            }
            // Files of one name are told apart by their number: picture, picture-2.
            let key = uploads[name] == nil ? name : "\(name)-\(uploads.count + 1)"
            uploads[key] = part.bytes
            names.append(key)
        }
        self.uploads = uploads
        if let document = fields.removeValue(forKey: "request") {
            guard fields.isEmpty else { throw Problem.body(at: "", "with request the form has no other fields") }
            body = try SearchBody(JSONReader(document))
            return
        }
        var query: [String: JSONValue] = ["positive": .array(names.map { ["upload": .string($0)] })]
        if let region = fields.removeValue(forKey: "region") { query["region"] = region }
        body = try SearchBody(JSONReader(.object(fields.merging(["query": .object(query)]) { $1 })))
    }

    /// Texts as they are, everything else as JSON. An option that is empty is one that is missing; `null` is no value.
    private static func value(of name: String, _ part: FormPart) throws -> JSONValue {
        switch name {
        case "filter", "cursor", "index", "overlaps":
            let text = try part.text()
            return text.isEmpty ? .null : .string(text)
        case "request", "region": return try part.json().value
        default: return part.bytes.isEmpty ? .null : try part.json().value
        }
    }
}
