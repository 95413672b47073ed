import Catalog
import SosiaCore
import Workers

extension Store {
    /// Adds uploads as one batch: what is not skipped survives a crash, its original bytes included, when this returns.
    ///
    /// They pass the same rooms as files: hashed, decoded, embedded, and committed at once.
    /// - Returns: one outcome an upload, in order.
    /// - Throws: ``StoreError/noObjectStore`` when the store was opened without one; ``StoreError``,
    ///   `ObjectStoreError` when nothing was added.
    public func add(_ uploads: [Upload]) async throws -> [UploadOutcome] {
        _ = try engine.writable()
        guard let objects else { throw StoreError.noObjectStore }
        // Loaded before anything is written, so that a missing network is an error of its own.
        _ = try embedder()
        var outcomes = [UploadOutcome?](repeating: nil, count: uploads.count)
        var left = Array(uploads.indices)
        // A picture that was known while its upload was read may be removed before the commit: then it is read again.
        while !left.isEmpty {
            let read = try await read(left.map { uploads[$0] })
            for (position, upload) in zip(left, read) {
                if case .skipped(let reason) = upload.content {
                    outcomes[position] = UploadOutcome(name: upload.name, result: .skipped(reason))
                }
            }
            let kept = zip(left, read).filter { outcomes[$0.0] == nil }
            let results = try await originals.take {
                for (position, upload) in kept {
                    if let hash = upload.hash { try await objects.put(uploads[position].bytes, as: hash) }
                }
                return try await commit(kept.map(\.1))
            }
            for (item, result) in zip(kept, results) {
                outcomes[item.0] = result.map { UploadOutcome(name: item.1.name, result: $0) }
            }
            left = left.filter { outcomes[$0] == nil }
        }
        return outcomes.compactMap(\.self)
    }

    private func read(_ uploads: [Upload]) async throws -> [ReadUpload] {
        try await withThrowingTaskGroup(of: (Int, ReadUpload).self) { group in
            for (position, upload) in uploads.enumerated() {
                group.addTask(executorPreference: self.uploads) { (position, try self.read(upload)) }
            }
            var read = [ReadUpload?](repeating: nil, count: uploads.count)
            for try await (position, upload) in group { read[position] = upload }
            return read.compactMap(\.self)
        }
    }

    private func read(_ upload: Upload) throws -> ReadUpload {
        let bytes = Int64(upload.bytes.count)
        let name = UploadSource.kept(upload.name)
        guard bytes <= FileContent.maximumBytes else {
            let reason = SkipReason.tooLarge(bytes: bytes, maximum: FileContent.maximumBytes)
            return ReadUpload(name: name, hash: nil, content: .skipped(reason))
        }
        guard let hash = ContentHash(of: upload.bytes) else {
            return ReadUpload(name: name, hash: nil, content: .skipped(.decoding(.empty)))
        }
        let source = ImageSource(location: UploadSource(upload.name, hash: hash).location)
        if try engine.reading({ try engine.catalog.image(hash) }) != nil {
            let entry = CatalogEntry(hash: hash, source: source, attributes: upload.attributes, content: nil)
            return ReadUpload(name: name, hash: hash, content: .known(KnownFile(path: source.location, entry: entry)))
        }
        do {
            let reader = PictureReader(decoder: decoder, embedder: try embedder())
            let draft = try reader.draft(upload.bytes, hash: hash, source: source, attributes: upload.attributes)
            return ReadUpload(name: name, hash: hash, content: .draft(draft))
        } catch let reason as SkipReason {
            return ReadUpload(name: name, hash: hash, content: .skipped(reason))
        }
    }

    /// - Returns: one result an upload; nil for one that has to be read again.
    private func commit(_ uploads: [ReadUpload]) async throws -> [UploadOutcome.Result?] {
        guard !uploads.isEmpty else { return [] }
        let (new, old) = (uploads.compactMap(\.draft), uploads.compactMap(\.known))
        let outcomes = try await engine.writable().upsert(new, known: old)
        var drafts = outcomes.makeIterator()
        var known = outcomes.dropFirst(new.count).makeIterator()
        return uploads.map { upload in
            let outcome = upload.draft != nil ? drafts.next() : known.next()
            return switch outcome {
            case .added(let id), .changed(let id): .added(id)
            case .moved(let id), .duplicate(let id), .touched(let id): .known(id)
            case .unknown, nil: nil
            }
        }
    }
}

/// An upload on its way to the commit.
private struct ReadUpload: Sendable {
    enum Content: Sendable {
        case draft(ImageDraft)
        case known(KnownFile)
        case skipped(SkipReason)
    }

    let name: String
    /// nil for what was too large to be read.
    let hash: ContentHash?
    let content: Content

    var draft: ImageDraft? {
        if case .draft(let draft) = content { draft } else { nil }
    }

    var known: KnownFile? {
        if case .known(let file) = content { file } else { nil }
    }
}
