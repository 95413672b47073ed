import SosiaCore

/// Connected groups of near-duplicates.
extension EngineConformance {
    private static func can(_ abilities: EngineAbilities) -> Bool { abilities.upkeep.contains(.duplicates) }

    static let duplicateChecks: [Check] = [
        Check(name: "near-duplicates are grouped, also by others between them", needs: can) { subject in
            // A chain, a pair, a pair of equal pictures, and three on their own.
            let numbers = [100, 500, 101, 300, 103, 501, 700, 700, 900, 105]
            let ids = try await subject.add(
                try numbers.enumerated().map { try subject.entry($0, vector: subject.vector($1)) })
            let found = try await subject.duplicates(within: 2)
            try subject.equal(
                found.groups,
                [
                    group([(ids[0], 1), (ids[2], 1), (ids[4], 2), (ids[9], 2)]), group([(ids[1], 1), (ids[5], 1)]),
                    group([(ids[6], 0), (ids[7], 0)]),
                ])
            try subject.equal(found.total, 3)
            try subject.equal(found.truncated, 0)
            try subject.equal(found.next, nil)
            try subject.equal(
                try await subject.duplicates(within: 0).groups, [group([(ids[6], 0), (ids[7], 0)])])
            try subject.equal(try await subject.duplicates(within: 1.5).groups.map(\.members.count), [2, 2, 2])
            try subject.equal(try await subject.duplicates(within: -1).groups, [])
            try subject.equal(try await subject.duplicates(within: .infinity).groups.map(\.members.count), [10])
        },
        Check(name: "groups come in pages, in the order of their first ids", needs: can) { subject in
            // Eleven pairs, the partners in reverse order.
            let numbers = (0..<11).map { 10 * $0 } + (0..<11).reversed().map { 10 * $0 + 1 }
            let ids = try await subject.add(numbers.map { try subject.entry($0) })
            let whole = try await subject.duplicates(within: 1)
            try subject.equal(whole.groups.map(\.members[0].id), Array(ids[..<11]))
            try subject.equal(whole.groups.map(\.members[1].id), Array(ids[11...].reversed()))
            for limit in [1, 4, 11] {
                var pages: [DuplicatesResponse] = []
                repeat {
                    pages.append(try await subject.duplicates(within: 1, limit: limit, after: pages.last?.next))
                    try subject.expect(pages.count < 20, "the pages do not end")
                } while pages.last?.next != nil
                try subject.equal(pages.flatMap(\.groups), whole.groups)
                try subject.equal(Set(pages.map(\.total)), [11])
                try subject.equal(pages.count, (11 + limit - 1) / limit)
            }
            try subject.equal(try await subject.duplicates(within: 1, after: ids[10]).groups, [])
        },
        Check(name: "groups follow every change", needs: can) { subject in
            let ids = try await subject.add([1, 2, 3, 50].map { try subject.entry($0) })
            try subject.equal(try await subject.duplicates(within: 1).groups.map(\.members.count), [3])
            _ = try await subject.engine.remove([ids[1]])
            try subject.equal(try await subject.duplicates(within: 1).groups, [])
            _ = try await subject.add([subject.entry(51), subject.entry(4)])
            try subject.equal(try await subject.duplicates(within: 1).groups.map(\.members.count), [2, 2])
            // A changed picture is grouped by what it shows now.
            _ = try await subject.add([subject.entry(52, at: "/pictures/3.png")])
            try subject.equal(try await subject.duplicates(within: 1).groups.map(\.members.count), [3])
        },
        Check(name: "distances and limits that mean nothing are refused", needs: can) { subject in
            _ = try await subject.add([subject.entry(1), subject.entry(2)])
            try await subject.fails {
                _ = try await subject.duplicates(within: .nan)
            } matches: {
                if case .invalidDistance = $0 as? EngineError { true } else { false }
            }
            let (least, most) = (DuplicatesResponse.minimumGroups, DuplicatesResponse.maximumGroups)
            for limit in [least - 1, most + 1] {
                try await subject.fails {
                    _ = try await subject.duplicates(within: 1, limit: limit)
                } matches: {
                    ($0 as? EngineError) == .invalidLimit(got: limit, minimum: least, maximum: most)
                }
            }
        },
    ]

    private static func group(_ members: [(ImageID, Float)]) -> DuplicateGroup {
        DuplicateGroup(members: members.map { DuplicateGroup.Member(id: $0, distance: $1) })
    }
}

extension Subject {
    func duplicates(within distance: Float, limit: Int = 100, after: ImageID? = nil) async throws -> DuplicatesResponse
    {
        try await engine.duplicates(within: distance, limit: limit, after: after) { _, _ in }
    }
}
