public import SosiaCore

/// How the exact index searches. The answer does not depend on it.
public struct ExactSearchOptions: Sendable, Hashable {
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// The queries of a batch are split among so many threads; one query is answered by one.
    public let threads: Int

    public static let standard = ExactSearchOptions(uncheckedThreads: defaultThreads)

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
