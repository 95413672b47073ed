/// What a key allows.
public enum KeyScope: String, Codable, Hashable, Sendable, CaseIterable {
    /// Searching and looking.
    case read
    /// Adding, changing and removing.
    case write
}
