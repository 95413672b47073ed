public import SosiaCore

extension EmbeddedEngine {
    public static let defaultGroups = 100
    public static let maximumGroups = 10_000

    /// Groups of near-identical pictures.
    ///
    /// Every picture's neighbours are looked for in batches, farther out until the last one lies beyond the distance;
    /// groups are what hangs together. The groups of the last distance are kept until the collection changes, so that
    /// further pages cost nothing.
    /// - Parameters:
    ///   - distance: by the collection's metric.
    ///   - limit: groups of a page.
    ///   - after: ``DuplicatesResponse/next`` of the page before.
    ///   - progress: pictures done and all of them; called often, from one thread at a time.
    /// - Throws: `EngineError.invalidDistance`, `.invalidK` for the limit; `CancellationError`; ``StoreError``.
    public func duplicates(
        within distance: Float, limit: Int = defaultGroups, after: ImageID? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> DuplicatesResponse {
        throw StoreError.failed(path: layout.root, reason: "not there yet")
    }
}
