/// The headers of a part.
///
/// They are read scalar by scalar: comparing characters and texts of many accents takes time that grows with their square.
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

    /// Bytes of the names that are compared; no longer one is known.
    private static let longestName = 64

    /// - Parameter block: header lines without the empty line that ends them.
    init(_ block: [UInt8]) throws(MultipartError) {
        guard let text = String(validating: block, as: UTF8.self) else { throw .malformedHeader }
        var disposition: (value: String, values: [String: String])?
        var contentType: String?
        for line in try Self.lines(text) {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedHeader }
            let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
            let name = Substring(line[..<colon])
            switch name.utf8.count > Self.longestName ? "" : name.lowercased() {
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

    /// - Throws: `malformedHeader` for a line break that is not CRLF.
    private static func lines(_ text: String) throws(MultipartError) -> [Substring.UnicodeScalarView] {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices.dropLast() {
            guard lines[index].popLast() == "\r" else { throw .malformedHeader }
        }
        guard lines.allSatisfy({ !$0.contains("\r") }) else { throw .malformedHeader }
        return lines.filter { !$0.isEmpty }
    }

    /// A header's value and its parameters: `form-data; name="a"` (RFC 9110, 5.6.6).
    /// - Returns: nil if it is malformed or repeats a parameter.
    static func parameters(of header: String) -> (value: String, values: [String: String])? {
        var rest = Substring(header).unicodeScalars
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
            guard let parameter = rest.first == "\"" ? quoted(&rest) : token(&rest) else { return nil }
            let name = Substring(key)
            if name.utf8.count > longestName { continue }
            guard values.updateValue(parameter, forKey: name.lowercased()) == nil else { return nil }
        }
        return rest.isEmpty ? (value.trimming { $0 == " " || $0 == "\t" }.lowercased(), values) : nil
    }

    private static func token(_ rest: inout Substring.UnicodeScalarView) -> String? {
        let token = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(token.count)
        let text = token.trimming { $0 == " " || $0 == "\t" }
        return text.isEmpty || token.contains("\"") ? nil : text
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var text = String.UnicodeScalarView()
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" {
                rest = rest.drop { $0 == " " || $0 == "\t" }
                return rest.isEmpty || rest.first == ";" ? String(text) : nil
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

extension Substring.UnicodeScalarView {
    /// Without leading and trailing scalars for which `isBlank` is true.
    func trimming(_ isBlank: (Unicode.Scalar) -> Bool) -> String {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return String(text)
    }
}
