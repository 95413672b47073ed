import SosiaCore

extension EngineConformance {
    /// Forty pictures on a line, numbered 1...40, with attributes that filters can tell apart.
    static func addShop(to subject: Subject) async throws -> [ImageID] {
        try await subject.add(
            (1...40).map { number in
                var attributes: Attributes = [
                    "number": .integer(Int64(number)), "price": .number(Double(number) / 4),
                    "shop": .string(number % 4 == 0 ? "it's" : "Größe"), "tags": .array([.string("a")]),
                ]
                if number % 3 == 0 { attributes["sold"] = .bool(number % 2 == 0) }
                if number % 5 == 0 { attributes["note"] = .null }
                if number == 7 { attributes["a \"name\""] = .string("x") }
                return try subject.entry(number, attributes: attributes)
            })
    }

    static let filterChecks: [Check] = [
        Check(name: "of the pictures that pass a filter, the k nearest are found") { subject in
            let ids = try await addShop(to: subject)
            let response = try await subject.search(0, k: 5, where: "number > 20 AND shop = 'it''s'")
            try subject.equal(response.hits.map(\.record.id), [24, 28, 32, 36, 40].map { ids[$0 - 1] })
            try subject.equal(response.hits.map(\.distance), [24, 28, 32, 36, 40])
        },
        Check(name: "all that pass a filter are found when they are fewer than k") { subject in
            let ids = try await addShop(to: subject)
            let response = try await subject.search(40, k: 10, where: "number IN (1, 2, 39, 77)")
            try subject.equal(response.hits.map(\.record.id), [39, 2, 1].map { ids[$0 - 1] })
            try subject.expect(response.plan.filter != nil, "the plan does not tell of the filter")
            try subject.equal(response.plan.filter?.allowed ?? 3, 3)
            try subject.equal(try await subject.search(1, where: "number > 99").hits.count, 0)
        },
        Check(name: "a filter means what the reference says") { subject in
            let ids = try await addShop(to: subject)
            let records = try await subject.engine.records(ids)
            let texts = [
                "sold = true", "sold != true", "NOT sold = true", "sold IS NULL", "sold IS NOT NULL AND number < 10",
                "price <= 2.5", "price = 3", "price != 3 OR number = 12", "number = 3.0", "number = '3'",
                "number != '3'", "shop = 'Größe'", "shop < 'it'", "shop NOT IN ('Größe')", "note IS NULL",
                "note != 1", "tags = 'a'", "tags != 'a'", "tags IS NULL", "missing > 0", "NOT missing > 0",
                "\"a \"\"name\"\"\" = 'x'", "width > 40 AND format = 'png'", "NOT (sold = false OR price > 5)",
                "number > 5 AND (number < 9 OR NOT number < 39)", "number IN ()", "sold < true", "camera IS NULL",
            ]
            for text in texts {
                let filter = try Filter(parsing: text)
                let expected = records.filter { filter.matches($0.allAttributes) }.map(\.id)
                let found = try await subject.search(0, k: 100, where: text).hits.map(\.record.id)
                try subject.expect(found == expected, "\(text): found \(found), expected \(expected)")
            }
        },
        Check(name: "attributes that were changed count at once") { subject in
            let ids = try await addShop(to: subject)
            try subject.equal(try await subject.search(0, where: "state = 'new'").hits.count, 0)
            let record = try await subject.engine.update(ids[4], attributes: ["state": .string("new"), "shop": .null])
            try subject.equal(record.attributes["state"], .string("new"))
            try subject.equal(record.attributes["shop"], nil)
            try subject.equal(record.attributes["number"], .integer(5))
            try subject.equal(try await subject.engine.records([ids[4]]), [record])
            try subject.equal(
                try await subject.search(0, where: "state = 'new'").hits.map(\.record.id), [ids[4]])
            try subject.equal(try await subject.search(5, k: 1, where: "shop IS NULL").hits.map(\.record.id), [ids[4]])
        },
        Check(name: "a change of attributes follows the rules of merge patches") { subject in
            let ids = try await subject.add([
                subject.entry(1, attributes: ["a": .object(["b": .integer(1), "c": .integer(2)]), "d": .bool(true)])
            ])
            let record = try await subject.engine.update(
                ids[0], attributes: ["a": .object(["b": .null, "e": .string("x")]), "f": .array([.null])])
            try subject.equal(
                record.attributes,
                [
                    "a": .object(["c": .integer(2), "e": .string("x")]), "d": .bool(true), "f": .array([.null]),
                ])
            let unknown = ImageID(rawValue: 77)
            try await subject.fails {
                _ = try await subject.engine.update(unknown, attributes: ["a": .null])
            } matches: {
                ($0 as? EngineError) == .unknownImage(unknown)
            }
        },
        Check(name: "a picture of the collection is asked with under a filter") { subject in
            let ids = try await addShop(to: subject)
            let request = try SearchRequest(
                .image(ids[9]), k: 3, mode: subject.mode, filter: Filter(parsing: "number >= 10 AND number <= 12"))
            try subject.equal(
                try await subject.engine.search(request).hits.map(\.record.id), [ids[10], ids[11]])
        },
    ]
}
