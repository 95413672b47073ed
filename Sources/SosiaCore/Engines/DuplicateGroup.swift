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
