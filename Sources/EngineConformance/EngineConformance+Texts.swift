import SosiaCore

/// Which characters texts may contain.
extension EngineConformance {
    static let textChecks: [Check] = [
        Check(name: "attributes of any text and value come back as they were given") { subject in
            let texts = [
                "", " ", "é", "e\u{301}", "日本語", "🙂👩‍👩‍👧", "\u{1}\u{7f}\u{85}\u{2028}", "\u{feff}x", "it's", "\"\\/", "$.a",
                "a\"b", "\u{10ffff}", "%_", "--", "null", "\u{202e}abc", "[0]", "#-1", "a.b",
            ]
            var attributes: Attributes = [:]
            for text in texts where text != "e\u{301}" { attributes["n" + text] = .string(text) }
            attributes["nested"] = .object(["日": .array(texts.map { .string($0) }), "": .object(["é": .null])])
            attributes["numbers"] = .array([
                .integer(.min), .integer(.max), .number(1e-300), .number(0.1), .number(-2.5),
            ])
            let ids = try await subject.add([
                subject.entry(1), subject.entry(2, attributes: attributes), subject.entry(3),
            ])
            let got = try await subject.record(ids[1]).attributes
            try subject.equal(got, attributes)
            for text in texts where text != "e\u{301}" {
                try subject.equal(got["n" + text].map(Self.bytes), Self.bytes(.string(text)))
                let filter = Filter.compare("n" + text, .equal, .string(text))
                try subject.equal(
                    try await subject.engine.records(passing: filter, before: nil, limit: 9).map(\.id), [ids[1]])
            }
            try subject.equal(got["nested"].map(Self.bytes), attributes["nested"].map(Self.bytes))
        },
        Check(name: "texts are compared by their bytes, not by what Unicode takes for equal") { subject in
            let (composed, decomposed) = ("\u{e9}", "e\u{301}")
            let ids = try await subject.add([
                subject.entry(1, attributes: ["t": .string(composed)]),
                subject.entry(2, attributes: ["t": .string(decomposed)]),
            ])
            for (text, id) in [(composed, ids[0]), (decomposed, ids[1])] {
                let filter = Filter.compare("t", .equal, .string(text))
                try subject.equal(
                    try await subject.engine.records(passing: filter, before: nil, limit: 9).map(\.id), [id])
                let request = try SearchRequest(.embedding(subject.vector(0)), mode: subject.mode, filter: filter)
                try subject.equal(try await subject.engine.search(request).hits.map(\.record.id), [id])
            }
        },
        Check(name: "a text that is set to its Unicode twin is changed") { subject in
            let (composed, decomposed) = ("\u{e9}", "e\u{301}")
            let ids = try await subject.add([subject.entry(1, attributes: ["t": .string(composed)])])
            _ = try await subject.engine.update(ids[0], attributes: ["t": .string(decomposed)])
            try subject.equal(
                try await subject.record(ids[0]).attributes["t"].map(Self.bytes), Self.bytes(.string(decomposed)))
        },
        Check(name: "the character U+0000 is refused wherever it stands, and nothing is changed") { subject in
            let ids = try await subject.add([subject.entry(1, attributes: ["x": .integer(1)])])
            let before = try await subject.engine.records(ids)
            let place = subject.file("/pictures/1.png")
            let bad: [(name: String, value: JSONValue)] = [
                ("a\0b", .integer(1)), ("\0", .null), ("v", .string("x\0")), ("l", .array([.null, .string("\0")])),
                ("o", .object(["p": .object(["\0": .null])])), ("p", .object(["q": .array([.string("a\0a")])])),
            ]
            for (name, value) in bad {
                let attributes: Attributes = ["a": .string("good"), name: value]
                let entries = [try subject.entry(2), try subject.entry(3, attributes: attributes)]
                let unit = IngestUnit([try subject.entry(4)], attributes: [(place, ["y": .null]), (place, attributes)])
                try await subject.fails {
                    _ = try await subject.engine.commit(IngestUnit(entries))
                } matches: {
                    ($0 as? EngineError) == .zeroCharacter(attribute: name)
                }
                try await subject.fails {
                    _ = try await subject.engine.commit(unit)
                } matches: {
                    ($0 as? EngineError) == .zeroCharacter(attribute: name)
                }
                try await subject.fails {
                    _ = try await subject.engine.update(ids[0], attributes: attributes)
                } matches: {
                    ($0 as? EngineError) == .zeroCharacter(attribute: name)
                }
            }
            try subject.equal(try await subject.engine.records(passing: nil, before: nil, limit: 9), before)
            try subject.equal(try await subject.engine.sources(at: [subject.file("/pictures/2.png")]), [nil])
        },
        Check(name: "attributes of the largest size are taken; larger ones are refused, and nothing is changed") {
            subject in
            let most = subject.engine.abilities.maximumAttributeBytes
            try subject.equal(most, Attributes.maximumBytes)
            // {"a":"..."}
            let fits: Attributes = ["a": .string(String(repeating: "x", count: most - 8))]
            let ids = try await subject.add([subject.entry(1, attributes: fits)])
            try subject.equal(try await subject.record(ids[0]).attributes, fits)
            let more: Attributes = ["b": .integer(1)]
            let tooLarge: Attributes = ["b": .string(String(repeating: "x", count: most - 7))]
            for unit in [
                IngestUnit([try subject.entry(2), try subject.entry(3, attributes: tooLarge)]),
                // Together with what is there.
                IngestUnit([try subject.entry(2), try subject.entry(1, attributes: more)]),
                IngestUnit([try subject.entry(2)], attributes: [(subject.file("/pictures/1.png"), more)]),
            ] {
                try await subject.fails {
                    _ = try await subject.engine.commit(unit)
                } matches: {
                    if case .attributesTooLarge(_, let bytes, most)? = $0 as? EngineError {
                        bytes > most
                    } else {
                        false
                    }
                }
            }
            try await subject.fails {
                _ = try await subject.engine.update(ids[0], attributes: more)
            } matches: {
                ($0 as? EngineError)
                    == .attributesTooLarge(picture: "picture \(ids[0])", bytes: most + 6, maximum: most)
            }
            try subject.equal(try await subject.engine.count(), 1)
            try subject.equal(try await subject.record(ids[0]).attributes, fits)
        },
        Check(name: "attributes that are nested too deeply, or have a name that is too long, are refused") { subject in
            func nested(_ depth: Int) -> JSONValue {
                (0..<depth).reduce(JSONValue.null) { value, level in
                    level.isMultiple(of: 2) ? .array([value]) : .object(["a": value])
                }
            }
            func name(_ bytes: Int) -> String { String(repeating: "n", count: bytes) }
            let (depth, bytes) = (JSONValue.maximumDepth, JSONValue.maximumNameBytes)
            let fits: Attributes = ["deep": nested(depth - 1), name(bytes): .object([name(bytes): .integer(1)])]
            let ids = try await subject.add([subject.entry(1, attributes: fits)])
            try subject.equal(try await subject.record(ids[0]).attributes, fits)
            for bad in [
                ["deep": nested(depth)], ["deep": nested(480)], [name(bytes + 1): .null],
                ["a": .array([.object([name(bytes + 1): .null])])],
            ] as [Attributes] {
                try await subject.fails {
                    _ = try await subject.engine.commit(IngestUnit([subject.entry(2, attributes: bad)]))
                } matches: {
                    $0 is EngineError
                }
                try await subject.fails {
                    _ = try await subject.engine.update(ids[0], attributes: bad)
                } matches: {
                    $0 is EngineError
                }
            }
            try subject.equal(try await subject.engine.count(), 1)
            try subject.equal(try await subject.record(ids[0]).attributes, fits)
        },
    ]

    /// The texts in a value as bytes, since texts that Swift considers equal can differ in theirs.
    private static func bytes(_ value: JSONValue) -> [[UInt8]] {
        switch value {
        case .null, .bool, .integer, .number: []
        case .string(let text): [Array(text.utf8)]
        case .array(let values): values.flatMap(bytes)
        case .object(let values): values.sorted { $0.key < $1.key }.flatMap { [Array($0.utf8)] + bytes($1) }
        }
    }
}
