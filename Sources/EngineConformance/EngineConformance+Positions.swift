import SosiaCore

extension EngineConformance {
    static let positionChecks: [Check] = [
        Check(name: "pictures are found by their places") { subject in
            let places = [(16.4, 48.2), (-99.15, 47.02), (179.5, -17), (-179.5, -17), (0, 0), (180, 90)]
            var entries = try places.enumerated().map { index, place in
                try subject.entry(
                    index + 1, attributes: ["longitude": .number(place.0), "latitude": .number(place.1)])
            }
            entries.append(try subject.entry(7))
            entries.append(try subject.entry(8, attributes: ["longitude": .string("0"), "latitude": .integer(0)]))
            entries.append(try subject.entry(9, attributes: ["longitude": .integer(1), "latitude": .integer(0)]))
            let records = try await subject.engine.records(subject.add(entries))
            let texts = [
                "within(-180, -90, 180, 90)", "within(16.4, 48.2, 16.4, 48.2)", "within(170, -20, -170, 0)",
                "within(360, -20, -180, 90)", "within(360, 0, -360, 0)", "within(-360, -90, 360, 90)",
                "within(-1, -1, 1, 1)", "NOT within(-1, -1, 1, 1)", "within(-1, -1, 1, 1) AND longitude = 1",
                "within('POLYGON ((175 -20, 185 -20, 185 -10, 175 -10))') OR number = 3",
                #"within('{"type":"Polygon","coordinates":[[[0,0],[20,40],[17,50],[0,49],[0,0]]]}')"#,
            ]
            for text in texts {
                let filter = try Filter(parsing: text)
                let expected = records.filter { filter.matches($0.allAttributes) }.map(\.id)
                let found = try await subject.search(0, k: 100, where: text).hits.map(\.record.id)
                try subject.expect(found == expected, "\(text): found \(found), expected \(expected)")
            }
        }
    ]
}
