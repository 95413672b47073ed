import SosiaCore
import Workers

extension Store {
    /// Adds uploads as one batch: what is not skipped survives a crash, its original bytes included, when this returns.
    ///
    /// They pass the same rooms as files: hashed, decoded, embedded, and committed at once. The bytes are put before the
    /// commit that names them.
    /// - Returns: one outcome an upload, in order.
    /// - Throws: `StoreError.noObjectStore` when the collection has no place for them; ``StoreError``,
    ///   `ObjectStoreError` and what `Attributes.check(of:)` throws when nothing was added.
    public func add(_ uploads: [Upload]) async throws -> [UploadOutcome] {
        try checkWritable()
        guard let objects else { throw StoreError.noObjectStore }
        for upload in uploads { try upload.attributes.check(of: upload.name) }
        // Nothing is put where no commit can follow.
        try await engine.checkPresence()
        // Loaded before anything is written, so that a missing network is an error of its own.
        let embedder = try await embedder()
        let named = try await hash(uploads)
        var outcomes = named.map { upload -> UploadOutcome? in
            if case .failure(let reason) = upload.hash { upload.outcome(.skipped(reason)) } else { nil }
        }
        // A picture that was known while its upload was read may be removed before the commit: then it is read again.
        while true {
            let left = named.indices.filter { outcomes[$0] == nil }
            if left.isEmpty { return outcomes.compactMap(\.self) }
            var entries: [(position: Int, entry: IngestEntry)] = []
            for (position, entry) in zip(left, try await read(left.map { named[$0] }, embedder)) {
                switch entry {
                case .success(let entry): entries.append((position, entry))
                case .failure(let reason): outcomes[position] = named[position].outcome(.skipped(reason))
                }
            }
            if entries.isEmpty { continue }
            for (position, entry) in entries { try await objects.put(named[position].upload.bytes, as: entry.hash) }
            let committed = try await engine.commit(IngestUnit(entries.map(\.entry)))
            for (item, outcome) in zip(entries, committed) {
                outcomes[item.position] = UploadOutcome.Result(outcome).map(named[item.position].outcome)
            }
        }
    }

    private func hash(_ uploads: [Upload]) async throws -> [NamedUpload] {
        try await onUploadThreads(uploads) { NamedUpload($0) }
    }

    /// What becomes of each upload: the ledger is asked once for all, and only what is new is decoded and embedded.
    private func read(
        _ uploads: [NamedUpload], _ embedder: any Embedder
    ) async throws -> [Result<IngestEntry, SkipReason>] {
        let hashes = try uploads.map { try $0.hash.get() }
        let known = try await engine.known(hashes)
        let reader = PictureReader(decoder: decoder, embedder: embedder)
        return try await onUploadThreads(Array(zip(zip(uploads, hashes), known))) { item, origins in
            let (upload, hash) = item
            let source = ImageSource(location: .upload(hash, name: upload.name))
            return Result { () throws(SkipReason) in
                IngestEntry(
                    hash: hash, source: source,
                    content: origins.isEmpty ? try reader.content(of: upload.upload.bytes) : nil,
                    attributes: upload.upload.attributes)
            }
        }
    }

    private func onUploadThreads<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (position, item) in items.enumerated() {
                group.addTask(executorPreference: self.uploads) {
                    try Task.checkCancellation()
                    return (position, body(item))
                }
            }
            var values = [Value?](repeating: nil, count: items.count)
            for try await (position, value) in group { values[position] = value }
            return values.compactMap(\.self)
        }
    }
}

/// An upload whose bytes have a name.
private struct NamedUpload: Sendable {
    let upload: Upload
    /// As it is kept.
    let name: String
    let hash: Result<ContentHash, SkipReason>

    init(_ upload: Upload) {
        self.upload = upload
        name = Upload.keptName(upload.name)
        let bytes = Int64(upload.bytes.count)
        if bytes > FileContent.maximumBytes {
            hash = .failure(.tooLarge(bytes: bytes, maximum: FileContent.maximumBytes))
        } else if let name = ContentHash(of: upload.bytes) {
            hash = .success(name)
        } else {
            hash = .failure(.decoding(.empty))
        }
    }

    func outcome(_ result: UploadOutcome.Result) -> UploadOutcome { UploadOutcome(name: name, result: result) }
}

extension UploadOutcome.Result {
    /// - Returns: nil for what has to be read again.
    fileprivate init?(_ outcome: IngestOutcome) {
        switch outcome {
        case .added(let id), .changed(let id): self = .added(id)
        case .moved(let id), .duplicate(let id), .touched(let id): self = .known(id)
        case .unknown: return nil
        }
    }
}
