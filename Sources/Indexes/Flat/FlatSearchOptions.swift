public import SosiaCore

/// How brute force runs.
public struct FlatSearchOptions: Sendable, Hashable {
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// The rows are split among so many threads; the answer does not depend on it.
    public let threads: Int

    public static let standard = FlatSearchOptions(uncheckedThreads: defaultThreads)

    /// - Throws: `IndexError.invalidOption`.
    public init(threads: Int = defaultThreads) throws(IndexError) {
        guard threads >= Self.minimumThreads, threads <= Self.maximumThreads else {
            throw .invalidOption(
                name: "threads", got: threads, minimum: Self.minimumThreads, maximum: Self.maximumThreads)
        }
        self.threads = threads
    }

    private init(uncheckedThreads: Int) {
        threads = uncheckedThreads
    }
}
