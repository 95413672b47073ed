/// Pictures that are near-identical: each lies within the wanted distance of another one of the group.
public struct DuplicateGroup: Sendable, Hashable {
    /// One picture of a group.
    public struct Member: Sendable, Hashable {
        public let id: ImageID
        /// To the nearest other one of the group.
        public let distance: Float

        public init(id: ImageID, distance: Float) {
            self.id = id
            self.distance = distance
        }
    }

    /// At least two, in the order of their ids.
    public let members: [Member]

    public init(members: [Member]) {
        self.members = members
    }
}

/// A page of groups, in the order of their first ids.
public struct DuplicatesResponse: Sendable, Hashable {
    /// Groups of a page.
    public static let minimumGroups = 1
    public static let defaultGroups = 100
    public static let maximumGroups = 10_000

    public let groups: [DuplicateGroup]
    /// Groups of all pages.
    public let total: Int
    /// Pictures whose neighbours within the distance were too many to look at all of them: a group of such pictures may
    /// come in parts. 0 means that the groups are complete.
    public let truncated: Int
    /// The first id of the last group, for the page behind this one; nil at the end.
    public let next: ImageID?

    public init(groups: [DuplicateGroup], total: Int, truncated: Int, next: ImageID?) {
        self.groups = groups
        self.total = total
        self.truncated = truncated
        self.next = next
    }
}

extension DuplicatesResponse {
    /// What every engine refuses.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`
    public static func check(distance: Float, limit: Int) throws(EngineError) {
        if distance.isNaN { throw .invalidDistance(got: distance) }
        guard (minimumGroups...maximumGroups).contains(limit) else {
            throw .invalidLimit(got: limit, minimum: minimumGroups, maximum: maximumGroups)
        }
    }
}
