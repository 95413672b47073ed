import SosiaCore

/// Summaries of a collection's attributes.
extension EngineConformance {
    static let summaryChecks: [Check] = [
        Check(name: "attributes are summed up by name: kinds, pictures and values") { subject in
            let (one, big) = (JSONValue.integer(1), JSONValue.integer(9_007_199_254_740_993))
            _ = try await subject.add(
                try [
                    [
                        "b": .bool(true), "n": .number(2.5), "t": .string("b"), "m": .bool(false), "l": .array([]),
                        "z": .null,
                    ],
                    ["b": .bool(false), "n": one, "t": .string("a"), "m": .string("x"), "l": one, "i": big],
                    ["b": .bool(true), "n": .integer(-3), "t": .string("B"), "m": .integer(7), "l": .string("l")],
                    [
                        "n": one, "t": .string("日"), "m": .bool(true), "o": .object(["b": one]),
                        "i": .integer(9_007_199_254_740_992),
                    ],
                    ["n": .number(1e300), "t": .string("ä"), "m": .number(-0.5), "o": .null, "e": .object([:])],
                ].enumerated().map { try subject.entry($0 + 1, attributes: $1) })
            let texts = ["B", "a", "b", "ä", "日"].map(JSONValue.string)
            let expected = [
                AttributeSummary(name: "b", kinds: [.bool], pictures: 3, values: [.bool(false), .bool(true)]),
                AttributeSummary(name: "e", kinds: [.object], pictures: 1, values: nil),
                AttributeSummary(name: "format", kinds: [.string], pictures: 5, values: [.string("png")]),
                AttributeSummary(name: "height", kinds: [.number], pictures: 5, values: [.integer(20)]),
                AttributeSummary(
                    name: "i", kinds: [.number], pictures: 2, values: [.integer(9_007_199_254_740_992), big]),
                AttributeSummary(name: "l", kinds: [.number, .string, .list], pictures: 3, values: nil),
                AttributeSummary(
                    name: "m", kinds: [.bool, .number, .string], pictures: 5,
                    values: [.bool(false), .number(-0.5), .integer(7), .string("x"), .bool(true)]),
                AttributeSummary(
                    name: "n", kinds: [.number], pictures: 5,
                    values: [.integer(-3), one, .number(2.5), .number(1e300)]),
                AttributeSummary(name: "o", kinds: [.object], pictures: 1, values: nil),
                AttributeSummary(name: "t", kinds: [.string], pictures: 5, values: texts),
                AttributeSummary(name: "width", kinds: [.number], pictures: 5, values: (11...15).map { .integer($0) }),
            ]
            let summaries = try await subject.engine.attributeSummaries()
            try subject.equal(summaries.map(\.name), expected.map(\.name))
            for (got, wanted) in zip(summaries, expected) { try subject.equal(got, wanted) }
        },
        Check(name: "equal numbers are one value, however they are written") { subject in
            let ids = try await subject.add([
                subject.entry(1, attributes: ["n": .integer(2)]), subject.entry(2, attributes: ["n": .number(2)]),
                subject.entry(3, attributes: ["n": .number(2.5)]),
            ])
            let summary = try await subject.engine.attributeSummaries().first { $0.name == "n" }
            try subject.equal(summary?.pictures, 3)
            try subject.equal(summary?.values?.count, 2)
            try subject.equal(try await subject.search(0, where: "n = 2").hits.map(\.record.id), Array(ids[..<2]))
        },
        Check(name: "an own attribute hides the fact of its name, also when it is null") { subject in
            let ids = try await subject.add([
                subject.entry(1, attributes: ["width": .string("wide"), "height": .null]), subject.entry(2),
            ])
            let summaries = try await subject.engine.attributeSummaries()
            try subject.equal(summaries.map(\.name), ["format", "height", "width"])
            try subject.equal(summaries[1].pictures, 1)
            try subject.equal(summaries[2].kinds, [.number, .string])
            try subject.equal(summaries[2].values, [.integer(12), .string("wide")])
            try subject.equal(try await subject.search(0, where: "height IS NULL").hits.map(\.record.id), [ids[0]])
            try subject.equal(try await subject.search(0, where: "width > 1").hits.map(\.record.id), [ids[1]])
        },
        Check(name: "twenty values are listed, and twenty-one are not") { subject in
            _ = try await subject.add(
                (0..<42).map { number in
                    try subject.entry(
                        number,
                        attributes: [
                            "few": .integer(Int64(number % AttributeSummary.maximumValues)),
                            "many": .integer(Int64(number % (AttributeSummary.maximumValues + 1))),
                        ])
                })
            let summaries = try await subject.engine.attributeSummaries()
            let few = summaries.first { $0.name == "few" }
            try subject.equal(few?.values, (0..<20).map { .integer($0) })
            let many = summaries.first { $0.name == "many" }
            try subject.equal(many?.pictures, 42)
            try subject.equal(many?.values, nil)
            try subject.equal(many?.kinds, [.number])
        },
        Check(name: "a thousand names are described, in the order of their bytes") { subject in
            let names = (0...AttributeSummary.maximumNames).map { "a\($0)" }
            _ = try await subject.add([
                subject.entry(1, attributes: Dictionary(uniqueKeysWithValues: names.map { ($0, .bool(true)) }))
            ])
            let summaries = try await subject.engine.attributeSummaries()
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try subject.equal(summaries.map(\.name), Array(sorted.prefix(AttributeSummary.maximumNames)))
        },
        Check(name: "summaries follow every change") { subject in
            let names = { try await subject.engine.attributeSummaries().map(\.name) }
            try subject.equal(try await names(), [])
            let ids = try await subject.add([subject.entry(1, attributes: ["x": .integer(1)])])
            try subject.equal(try await names(), ["format", "height", "width", "x"])
            _ = try await subject.engine.update(ids[0], attributes: ["x": .null, "y": .string("")])
            try subject.equal(try await names(), ["format", "height", "width", "y"])
            _ = try await subject.engine.remove(ids)
            try subject.equal(try await names(), [])
        },
    ]
}
