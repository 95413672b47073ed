import SosiaCore

/// A ledger in its plainest form: what a commit means, rule by rule. It keeps no vectors, only the keys of their rows.
struct MemoryLedger: Sendable {
    let description: CollectionDescription
    private(set) var pictures: [ImageID: LedgerPicture] = [:]
    private(set) var lost: [ImageID: LedgerPicture] = [:]
    private(set) var containers: [Int64: TileContainer] = [:]
    /// The row of each picture that is found.
    private(set) var keys: [ImageID: VectorKey] = [:]
    /// Counts the changes.
    private(set) var revision: Int64 = 0
    private(set) var nextKey: Int64 = 1
    private(set) var nextID: Int64 = 1
    private var nextContainer: Int64 = 1

    init(_ description: CollectionDescription) {
        self.description = description
    }

    /// What a change needs of the vectors.
    struct Applied {
        let result: LedgerResult
        let rows: [PlannedRow]
        let superseded: [VectorKey]
    }

    /// Makes a change. Each picture that it leaves otherwise than before gets a new row.
    mutating func apply(_ change: LedgerChange) throws -> Applied {
        var (before, oldKeys) = (pictures, keys)
        var vectors: [ImageID: PlannedRow.Vector] = [:]
        let result = try result(of: change, &vectors)
        if case .restore(let rows, _) = change {
            // Rows that say what they shall are in the service already.
            for row in rows where keys[row.picture.id] == row.key {
                (before[row.picture.id], oldKeys[row.picture.id]) = (row.picture, row.key)
            }
        }
        revision += 1
        var rows: [PlannedRow] = []
        for picture in pictures.values.sorted(by: { $0.id < $1.id }) {
            if before[picture.id] == picture, vectors[picture.id] == nil { continue }
            guard let vector = vectors[picture.id] ?? oldKeys[picture.id].map(PlannedRow.Vector.copied) else { continue }
            keys[picture.id] = takeKey()
            rows += keys[picture.id].map { [PlannedRow(key: $0, picture: picture, vector: vector)] } ?? []
        }
        for id in oldKeys.keys where pictures[id] == nil { keys[id] = nil }
        let superseded = oldKeys.filter { keys[$0.key] != $0.value }.map(\.value).sorted()
        return Applied(result: result, rows: rows, superseded: superseded)
    }

    mutating func takeKey() -> VectorKey {
        defer { nextKey += 1 }
        return VectorKey(rawValue: nextKey)
    }

    /// Keys and ids that a plan has named are not given again.
    mutating func pass(_ planned: MemoryLedger) {
        nextKey = max(nextKey, planned.nextKey)
        nextID = max(nextID, planned.nextID)
    }

    /// Makes a planned change with the numbers that the plan has set aside.
    mutating func make(_ plan: LedgerPlan) throws {
        var made = self
        (made.nextKey, made.nextID) = (plan.firstKey.rawValue, plan.firstID.rawValue)
        _ = try made.apply(plan.change)
        made.pass(self)
        self = made
    }

    /// Plans that were made before are of another revision from now on.
    mutating func fence() -> VectorKey {
        revision += 1
        return VectorKey(rawValue: nextKey)
    }

    private mutating func result(
        of change: LedgerChange, _ vectors: inout [ImageID: PlannedRow.Vector]
    ) throws -> LedgerResult {
        switch change {
        case .commit(let unit): return .outcomes(try commit(unit, &vectors))
        case .update(let id, let patch):
            try patch.checkCharacters()
            guard let picture = pictures[id] else { throw EngineError.unknownImage(id) }
            let changed = picture.with(attributes: picture.attributes.patched(with: patch))
            pictures[id] = changed
            return .record(changed.record)
        case .remove(let ids):
            return .count(ids.count { id in
                if let container = (pictures[id] ?? lost[id])?.tile?.container { reopen(container) }
                return pictures.removeValue(forKey: id) != nil || lost.removeValue(forKey: id) != nil
            })
        case .forget(let locations): return .count(locations.count { forget($0) })
        case .lose(let ids):
            for id in ids {
                guard let picture = pictures.removeValue(forKey: id) else { continue }
                lost[id] = picture
                if let tile = picture.tile { reopen(tile.container) }
            }
            return .done
        case .begin(let file): return .container(begin(file))
        case .move(let id, let path, let machine): move(id, to: path, machine)
        case .finish(let id, let isComplete, let windows):
            let gone = pictures.values.filter { $0.tile?.container == id && $0.tile.map { windows.contains($0.window) } ?? false }
            for picture in gone { pictures[picture.id] = nil }
            containers[id] = containers[id]?.with(isComplete: isComplete)
            return .count(gone.count)
        case .forgetContainers(let ids):
            let isGone = { (picture: LedgerPicture) in picture.tile.map { ids.contains($0.container) } ?? false }
            let gone = (pictures.values.filter(isGone) + lost.values.filter(isGone)).map(\.id)
            for id in gone {
                pictures[id] = nil
                lost[id] = nil
            }
            for id in ids { containers[id] = nil }
            return .count(gone.count)
        case .restore(let rows, let last):
            nextKey = max(nextKey, last.rawValue + 1)
            for row in rows where row.key > keys[row.picture.id] ?? VectorKey(rawValue: 0) {
                restore(row.picture, row.key)
            }
        }
        return .done
    }
}

// MARK: - Pictures

extension MemoryLedger {
    private mutating func commit(
        _ unit: IngestUnit, _ vectors: inout [ImageID: PlannedRow.Vector]
    ) throws -> [IngestOutcome] {
        try unit.check(dimension: description.model.dimension)
        var outcomes = [IngestOutcome](repeating: .unknown, count: unit.entries.count)
        let (known, new) = (
            unit.entries.indices.filter { unit.entries[$0].content == nil },
            unit.entries.indices.filter { unit.entries[$0].content != nil }
        )
        for position in known + new { outcomes[position] = enter(unit.entries[position], &vectors) }
        for picture in pictures.values where picture.sources.isEmpty { pictures[picture.id] = nil }
        for (location, attributes) in unit.attributes {
            guard let picture = picture(at: location) else { continue }
            pictures[picture.id] = picture.with(attributes: picture.attributes.merging(attributes) { _, new in new })
        }
        return outcomes
    }

    private mutating func enter(
        _ entry: IngestEntry, _ vectors: inout [ImageID: PlannedRow.Vector]
    ) -> IngestOutcome {
        let previous = picture(at: entry.source.location)
        let equal = pictures.values.filter { $0.hash == entry.hash }.sorted { $0.id < $1.id }
        let known: LedgerPicture? =
            switch description.identity {
            case .content: equal.first
            case .file:
                equal.first { $0.id == previous?.id }
                    ?? equal.first { $0.sources.contains { entry.gone.contains($0.location) } }
            }
        guard let target = known ?? made(from: entry, previous: previous, equal: equal.first, &vectors) else {
            return .unknown
        }
        point(entry, to: target)
        return switch (previous?.id, known) {
        case (target.id, .some): .touched(target.id)
        case (.some, _): .changed(target.id)
        case (nil, nil): .added(target.id)
        case (nil, .some): entry.gone.isEmpty ? .duplicate(target.id) : .moved(target.id)
        }
    }

    /// The picture that an entry makes of bytes which it is the first to show: a lost one that is back, a changed one, or
    /// a new one.
    private mutating func made(
        from entry: IngestEntry, previous: LedgerPicture?, equal: LedgerPicture?,
        _ vectors: inout [ImageID: PlannedRow.Vector]
    ) -> LedgerPicture? {
        let location = entry.source.location
        guard let facts = entry.content?.facts ?? equal?.facts,
            let vector = entry.content.map({ .given($0.embedding) })
                ?? equal.flatMap({ vectors[$0.id] ?? keys[$0.id].map(PlannedRow.Vector.copied) })
        else { return nil }
        let byHash = lost.values.first {
            $0.hash == entry.hash
                && (description.identity == .content || $0.sources.contains { $0.location == location })
        }
        let changed = byHash == nil && previous?.sources.count == 1 ? previous : nil
        let back = byHash ?? (changed == nil ? lost.values.first { $0.sources.map(\.location) == [location] } : nil)
        if let back { lost[back.id] = nil }
        let old = changed ?? back
        let id = old?.id ?? takeID()
        vectors[id] = vector
        return LedgerPicture(
            id: id, hash: entry.hash, sources: changed?.sources ?? [], facts: facts, attributes: old?.attributes ?? [:],
            tile: entry.content?.tile)
    }

    /// Lets a source show a picture, and no other one.
    private mutating func point(_ entry: IngestEntry, to target: LedgerPicture) {
        let left = [entry.source.location] + entry.gone
        pictures[target.id] = target
        for picture in pictures.values {
            let isTarget = picture.id == target.id
            let sources = picture.sources.filter { source in
                isTarget ? !left.contains(source.location) : source.location != entry.source.location
            }
            pictures[picture.id] = picture.with(sources: isTarget ? sources + [entry.source] : sources)
        }
        for picture in lost.values {
            lost[picture.id] = picture.with(sources: picture.sources.filter { $0.location != entry.source.location })
        }
        let attributes = target.attributes.merging(entry.attributes) { _, new in new }
        pictures[target.id] = pictures[target.id]?.with(attributes: attributes)
    }

    /// - Returns: whether a picture went.
    private mutating func forget(_ location: SourceLocation) -> Bool {
        if let picture = lost.values.first(where: { $0.sources.contains { $0.location == location } }) {
            let rest = picture.with(sources: picture.sources.filter { $0.location != location })
            lost[picture.id] = rest.sources.isEmpty ? nil : rest
            if rest.sources.isEmpty { return true }
        }
        guard let picture = picture(at: location) else { return false }
        let rest = picture.with(sources: picture.sources.filter { $0.location != location })
        pictures[picture.id] = rest.sources.isEmpty ? nil : rest
        return rest.sources.isEmpty
    }

    private mutating func takeID() -> ImageID {
        defer { nextID += 1 }
        return ImageID(rawValue: nextID)
    }

    func picture(at location: SourceLocation) -> LedgerPicture? {
        pictures.values.first { $0.sources.contains { $0.location == location } }
    }
}

// MARK: - Restoring

extension MemoryLedger {
    private mutating func restore(_ picture: LedgerPicture, _ key: VectorKey) {
        let taken = Set(picture.sources.map(\.location))
        for other in pictures.values where other.id != picture.id {
            let rest = other.sources.filter { !taken.contains($0.location) }
            let isSame = description.identity == .content && other.hash == picture.hash
            pictures[other.id] = rest.isEmpty || isSame ? nil : other.with(sources: rest)
        }
        (pictures[picture.id], keys[picture.id]) = (picture, key)
        nextID = max(nextID, picture.id.rawValue + 1)
        guard let tile = picture.tile, containers[tile.container] == nil else { return }
        nextContainer = max(nextContainer, tile.container + 1)
        containers[tile.container] = TileContainer(
            id: tile.container, path: tile.source, machine: tile.machine, kind: tile.kind,
            stamp: ImageSource.Stamp(size: 0, modified: 0), isComplete: false,
            facts: TileContainer.Facts(
                format: "", width: 0, height: 0, tiling: TileContainer.Tiling(tile: 0, stride: 0)))
    }
}

// MARK: - Containers

extension MemoryLedger {
    private mutating func begin(_ file: ContainerFile) -> Int64 {
        let known = containers.values.first { $0.path == file.path && $0.machine == file.machine }
        let id = known?.id ?? nextContainer
        if known == nil { nextContainer += 1 }
        let (old, new) = (known?.facts.tiling, file.facts.tiling)
        if let old, old.emptyShare != new.emptyShare || old.emptiness != new.emptiness { dropStamps(id) }
        containers[id] = TileContainer(
            id: id, path: file.path, machine: file.machine, kind: file.kind, stamp: file.stamp, isComplete: false,
            facts: file.facts)
        return id
    }

    private mutating func move(_ id: Int64, to path: String, _ machine: MachineName) {
        guard let known = containers[id] else { return }
        containers[id] = TileContainer(
            id: id, path: path, machine: machine, kind: known.kind, stamp: known.stamp, isComplete: known.isComplete,
            facts: known.facts)
        dropStamps(id)
        for picture in pictures.values {
            guard let tile = picture.tile, tile.container == id else { continue }
            let moved = Tile(
                container: id, source: path, machine: machine, window: tile.window, outline: tile.outline,
                kind: tile.kind)
            pictures[picture.id] = picture.with(tile: moved)
        }
    }

    private mutating func dropStamps(_ container: Int64) {
        for picture in pictures.values where picture.tile?.container == container {
            pictures[picture.id] = picture.with(sources: picture.sources.map { ImageSource(location: $0.location) })
        }
    }

    private mutating func reopen(_ container: Int64) {
        containers[container] = containers[container]?.with(isComplete: false)
    }
}

extension LedgerPicture {
    fileprivate func with(
        sources: [ImageSource]? = nil, attributes: Attributes? = nil, tile: Tile? = nil
    ) -> LedgerPicture {
        LedgerPicture(
            id: id, hash: hash, sources: sources ?? self.sources, facts: facts, attributes: attributes ?? self.attributes,
            tile: tile ?? self.tile)
    }
}

extension TileContainer {
    fileprivate func with(isComplete: Bool) -> TileContainer {
        TileContainer(
            id: id, path: path, machine: machine, kind: kind, stamp: stamp, isComplete: isComplete, facts: facts)
    }
}
