// Does with bodies what the server does before it admits or refuses a request; `Benchmarks/json.sh` counts the
// instructions of `judge`.
//
//   cost write FILE COUNT LARGEST    generates bodies
//   cost examine FILE                reads them, and prints the kind and the size of each

import Foundation

/// What a body is read as.
enum Use: String {
    case search, attributes, area, filter

    /// About the largest body that is more than measured: in requests, areas come in filters.
    var largest: Int {
        switch self {
        case .search, .attributes: .max
        case .area, .filter: Filter.maximumBytes - 1_024
        }
    }
}

@inline(never)
func judge(_ body: [UInt8], as use: Use) -> Int {
    do {
        let tree = try JSONTree(parsing: body)
        switch use {
        case .search:
            // The first names that are not known end the search of them; what is a vector is read.
            guard case .object(let members) = tree.node else { return 0 }
            return members.reduce(0) { $0 + $1.name.utf8.count + ($1.value.doubles?.count ?? 0) }
        case .attributes:
            guard case .object(let members) = tree.node else { return 0 }
            try Attributes.check(bytes: tree.leastBytes, of: "picture 1")
            let attributes = Attributes(members)
            try attributes.check(of: "picture 1")
            return attributes.count
        case .area:
            return try GeoArea(text: String(decoding: body, as: UTF8.self)).bounds.count
        case .filter:
            guard let text = tree.string else { return 0 }
            return try Filter(parsing: text).hashValue
        }
    } catch {
        return "\(error)".utf8.count
    }
}

/// Bodies of one kind: units, repeated until the body is as large as it shall be.
struct Kind {
    let name: String
    var uses: [Use] = [.search]
    var opening = "["
    var separator = ","
    var closing = "]"
    let unit: (inout SplitMix, Int) -> String

    func body(_ bytes: Int, _ generator: inout SplitMix) -> [UInt8] {
        var body = Array(opening.utf8)
        var number = 0
        repeat {
            if number > 0 { body += separator.utf8 }
            body += unit(&generator, number).utf8
            number += 1
        } while body.count < bytes
        return body + closing.utf8
    }
}

func text(_ count: Int, _ characters: String, _ generator: inout SplitMix) -> String {
    let scalars = Array(characters.unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<count { text.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)]) }
    return String(text)
}

func digits(_ count: Int, _ generator: inout SplitMix) -> String { text(count, "0123456789", &generator) }

func nested(_ depth: Int, _ opening: String, _ inner: String, _ closing: String) -> String {
    String(repeating: opening, count: depth) + inner + String(repeating: closing, count: depth)
}

let accents = "\u{301}\u{327}\u{323}\u{302}"
let kinds = [
    Kind(name: "empty lists") { _, _ in "[]" },
    Kind(name: "empty objects") { _, _ in "{}" },
    Kind(name: "lists of one") { _, _ in "[0]" },
    Kind(name: "objects of one") { _, _ in #"{"":0}"# },
    Kind(name: "nested lists") { generator, _ in nested(.random(in: 2...30, using: &generator), "[", "", "]") },
    Kind(name: "nested objects") { generator, _ in nested(.random(in: 2...30, using: &generator), #"{"a":"#, "1", "}")
    },
    Kind(name: "too deep", opening: "", separator: "", closing: "") { _, _ in "[" },
    Kind(name: "too deep, at the end", closing: nested(480, "[", "", "]")) { _, _ in "0" },
    Kind(name: "words") { generator, _ in ["null", "true", "false"][.random(in: 0..<3, using: &generator)] },
    Kind(name: "blanks", opening: "", separator: "", closing: "[]") { _, _ in " \n\t" },
    Kind(name: "digits") { generator, _ in digits(1, &generator).replacing("0", with: "1") },
    Kind(name: "long integers") { generator, _ in "1" + digits(.random(in: 15...400, using: &generator), &generator) },
    Kind(name: "long fractions") { generator, _ in "0." + digits(.random(in: 15...400, using: &generator), &generator)
    },
    Kind(name: "one number", opening: "0.", separator: "", closing: "") { generator, _ in digits(100, &generator) },
    Kind(name: "exponents") { generator, _ in
        "\(Int.random(in: 1...9, using: &generator))e\(Int.random(in: -320...300, using: &generator))"
    },
    Kind(name: "halves", opening: #"{"vector":["#, closing: "]}") { generator, _ in
        "\(UInt64.random(in: 1 << 53..<1 << 54, using: &generator) | 1).0"
    },
    Kind(name: "vector", opening: #"{"vector":["#, closing: "]}") { generator, _ in
        "\(Float.random(in: -1...1, using: &generator))"
    },
    Kind(name: "vector of digits", opening: #"{"vector":["#, closing: "]}") { _, _ in "1" },
    Kind(name: "empty texts") { _, _ in #""""# },
    Kind(name: "texts") { generator, _ in "\"\(text(.random(in: 1...80, using: &generator), "abc é日😀", &generator))\""
    },
    Kind(name: "one text", opening: "\"", separator: "", closing: "\"") { generator, _ in
        text(50, "abc é日😀", &generator)
    },
    Kind(name: "escapes", opening: "\"", separator: "", closing: "\"") { generator, _ in
        [#"\n"#, #"\""#, #"\u00e9"#, #"\ud83d\ude00"#, #"\u0000"#][.random(in: 0..<5, using: &generator)]
    },
    Kind(name: "escaped texts") { _, _ in #""\n""# },
    Kind(name: "repeated names", uses: [.search, .attributes], opening: "{", closing: "}") { _, _ in #""k":1"# },
    Kind(name: "many names", uses: [.search, .attributes], opening: "{", closing: "}") { _, number in "\"\(number)\":1"
    },
    Kind(name: "long names", uses: [.search, .attributes], opening: "{", closing: "}") { generator, number in
        "\"\(text(240, "abc", &generator))\(number)\":1"
    },
    Kind(name: "names of accents", opening: "{", closing: "}") { generator, number in
        "\"\(text(100, accents, &generator))\(number)\":1"
    },
    Kind(name: "one name of accents", opening: "{\"", separator: "", closing: "\":1}") { generator, _ in
        text(100, accents, &generator)
    },
    Kind(name: "nested attributes", uses: [.attributes], opening: #"{"a":["#, closing: "]}") { generator, number in
        nested(.random(in: 1...28, using: &generator), "[", #"{"name\#(number)":0.5}"#, "]")
    },
    Kind(name: "polygon", uses: [.area], opening: #"{"type":"Polygon","coordinates":[["#, closing: "]]}") {
        generator, _ in
        "[\(Double.random(in: -180...180, using: &generator)),\(Double.random(in: -90...90, using: &generator))]"
    },
    Kind(name: "many rings", uses: [.area], opening: #"{"type":"Polygon","coordinates":["#, closing: "]}") { _, _ in
        "[[0,0],[1,0],[1,1]]"
    },
    Kind(
        name: "deep geometry", uses: [.area],
        opening: nested(14, #"{"type":"GeometryCollection","geometries":["#, "", ""), closing: nested(14, "]}", "", "")
    ) { _, _ in #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"# },
    Kind(
        name: "nested collections", uses: [.area], opening: #"{"type":"GeometryCollection","geometries":["#,
        closing: "]}"
    ) { generator, _ in
        nested(.random(in: 1...14, using: &generator), #"{"type":"GeometryCollection","geometries":["#, "", "]}")
    },
    Kind(name: "filter", uses: [.filter], opening: "\"", separator: " OR ", closing: "\"") { generator, number in
        "a\(number) = '\(text(20, "abc é日" + accents, &generator))'"
    },
    Kind(name: "filter of accents", uses: [.filter], opening: "\"a = '", separator: "", closing: "'\"") {
        generator, _ in
        text(100, accents, &generator)
    },
]

/// Each body behind a line that says its kind, its use and its size.
@MainActor
func write(_ count: Int, _ largest: Int, to path: String) throws {
    var generator = SplitMix(seed: 2026)
    var file = Data()
    for number in 0..<count {
        let kind = kinds[number % kinds.count]
        // Of all sizes, and a twentieth as large as they may be.
        let isLargest = number / kinds.count % 20 == 0
        let use = kind.uses[number / kinds.count % kind.uses.count]
        let bytes =
            isLargest ? largest - 8_192 : Int(pow(Double(largest) / 16, .random(in: 0.65...1, using: &generator)))
        let body = kind.body(min(bytes, use.largest), &generator)
        file += Data("\(kind.name)\t\(use)\t\(body.count)\n".utf8) + body
    }
    try file.write(to: URL(fileURLWithPath: path))
}

func examineAll(in path: String) throws -> Int {
    let file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    var (at, sum) = (0, 0)
    while let end = file[at...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: file[at..<end], as: UTF8.self)
        let fields = line.split(separator: "\t")
        guard fields.count == 3, let use = Use(rawValue: String(fields[1])), let size = Int(fields[2]) else { break }
        at = end + 1 + size
        sum &+= judge(Array(file[end + 1..<at]), as: use)
        print(line)
    }
    return sum
}

let arguments = CommandLine.arguments
if arguments.count == 5, arguments[1] == "write", let count = Int(arguments[3]), let largest = Int(arguments[4]) {
    try write(count, largest, to: arguments[2])
} else {
    // Nothing of it may be left out.
    print("sum\t\(try examineAll(in: arguments[2]))")
}
