/// STUB until the registry lands.
public struct IndexStatus: Sendable, Hashable {
    public let kind: String
}
