/// A connected group of near-duplicates: each picture lies within the given distance of another in the group.
public struct DuplicateGroup: Sendable, Hashable {
    /// One picture of a group.
    public struct Member: Sendable, Hashable {
        public let id: ImageID
        /// To the nearest other member.
        public let distance: Float

        public init(id: ImageID, distance: Float) {
            self.id = id
            self.distance = distance
        }
    }

    /// At least two, ordered by id.
    public let members: [Member]

    public init(members: [Member]) {
        self.members = members
    }
}

/// A page of groups, ordered by their lowest ids.
public struct DuplicatesResponse: Sendable, Hashable {
    /// Groups per page.
    public static let minimumGroups = 1
    public static let defaultGroups = 100
    public static let maximumGroups = 10_000

    public let groups: [DuplicateGroup]
    /// Groups on all pages together.
    public let total: Int
    /// Pictures with too many neighbours within the distance to examine them all; a group of such pictures may be split.
    /// 0 means that all groups are complete.
    public let truncated: Int
    /// The first id of the last group, from which the next page continues; nil on the last page.
    public let next: ImageID?

    public init(groups: [DuplicateGroup], total: Int, truncated: Int, next: ImageID?) {
        self.groups = groups
        self.total = total
        self.truncated = truncated
        self.next = next
    }
}

extension DuplicatesResponse {
    /// The checks that every engine makes.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`
    public static func check(distance: Float, limit: Int) throws(EngineError) {
        if distance.isNaN { throw .invalidDistance(got: distance) }
        guard (minimumGroups...maximumGroups).contains(limit) else {
            throw .invalidLimit(got: limit, minimum: minimumGroups, maximum: maximumGroups)
        }
    }
}

extension DuplicatesResponse {
    /// A page of all groups.
    /// - Parameters:
    ///   - all: ordered by their lowest ids.
    ///   - after: ``next`` of the previous page.
    package init(_ all: [DuplicateGroup], after: ImageID?, limit: Int, truncated: Int) {
        let rest = all.drop { group in after.map { group.members[0].id <= $0 } ?? false }
        let page = rest.prefix(limit)
        self.init(
            groups: Array(page), total: all.count, truncated: truncated,
            next: page.count < rest.count ? page.last?.members[0].id : nil)
    }
}

/// Groups that grow as near pairs are found: disjoint sets after Galler and Fischer, "An improved equivalence algorithm",
/// CACM 1964, with union by size and path halving.
package struct DuplicateSets {
    private var parents: [Int]
    private var sizes: [Int]
    private var nearest: [Float]

    package init(count: Int) {
        parents = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        nearest = Array(repeating: .infinity, count: count)
    }

    /// Records that two pictures are near each other.
    package mutating func join(_ first: Int, _ second: Int, distance: Float) {
        for end in [first, second] { nearest[end] = min(nearest[end], distance) }
        let (first, second) = (root(of: first), root(of: second))
        guard first != second else { return }
        let (small, large) = sizes[first] < sizes[second] ? (first, second) : (second, first)
        parents[small] = large
        sizes[large] += sizes[small]
    }

    private mutating func root(of element: Int) -> Int {
        var element = element
        while parents[element] != element {
            parents[element] = parents[parents[element]]
            element = parents[element]
        }
        return element
    }

    /// The groups of two pictures or more, ordered by their lowest ids.
    /// - Parameter elements: in the order of their ids.
    package mutating func groups(of elements: some Sequence<Int>, id: (Int) -> ImageID) -> [DuplicateGroup] {
        var members: [Int: [DuplicateGroup.Member]] = [:]
        for element in elements {
            let member = DuplicateGroup.Member(id: id(element), distance: nearest[element])
            members[root(of: element), default: []].append(member)
        }
        return members.values.filter { $0.count > 1 }.map(DuplicateGroup.init)
            .sorted { $0.members[0].id < $1.members[0].id }
    }
}
