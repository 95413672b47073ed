/// The headers of a part.
struct MultipartHeaders: Hashable, Sendable {
    let name: String
    /// As the client sent it; never used as a path.
    let fileName: String?
    let contentType: String?

    init(name: String, fileName: String? = nil, contentType: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// - Parameter block: header lines without the empty line that ends them.
    init(_ block: [UInt8]) throws(MultipartError) {
        guard let text = String(validating: block, as: UTF8.self) else { throw .malformedHeader }
        var disposition: (value: String, values: [String: String])?
        var contentType: String?
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: true) {
            guard let colon = line.firstIndex(of: ":"), !line.contains("\r"), !line.contains("\n") else {
                throw .malformedHeader
            }
            let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil, let parsed = Self.parameters(of: value) else { throw .malformedHeader }
                disposition = parsed
            case "content-type": contentType = value
            default: continue
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition.values["name"] else {
            throw .noName
        }
        self.init(name: name, fileName: disposition.values["filename"], contentType: contentType)
    }

    /// A header's value and its parameters: `form-data; name="a"` (RFC 9110, 5.6.6).
    /// - Returns: nil if it is malformed or repeats a parameter.
    static func parameters(of header: String) -> (value: String, values: [String: String])? {
        var rest = Substring(header)
        let value = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(value.count)
        var values: [String: String] = [:]
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { break }
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(key.count)
            guard rest.first == "=", !key.isEmpty else { return nil }
            rest = rest.dropFirst()
            guard let parameter = rest.first == "\"" ? quoted(&rest) : token(&rest),
                values.updateValue(parameter, forKey: key.lowercased()) == nil
            else { return nil }
        }
        return rest.isEmpty ? (value.trimming { $0 == " " || $0 == "\t" }.lowercased(), values) : nil
    }

    private static func token(_ rest: inout Substring) -> String? {
        let token = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(token.count)
        let text = token.trimming { $0 == " " || $0 == "\t" }
        return text.isEmpty || text.contains("\"") ? nil : text
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" {
                rest = rest.drop { $0 == " " || $0 == "\t" }
                return rest.isEmpty || rest.first == ";" ? text : nil
            }
            // Browsers do not escape backslashes, so only escaped quotes and backslashes are unescaped.
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                text.append(next)
                rest = rest.dropFirst()
            } else {
                text.append(character)
            }
        }
        return nil
    }
}

extension StringProtocol {
    /// Without leading and trailing characters for which `isBlank` is true.
    func trimming(_ isBlank: (Character) -> Bool) -> String {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return String(text)
    }
}
