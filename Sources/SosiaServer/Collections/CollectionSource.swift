/// Which collections are served.
public enum CollectionSource: Sendable, Hashable {
    /// One, which is made when it is not there.
    case store(String)
    /// All that lie in a folder and end in `.sosia`; more can be made.
    case folder(String)
}
