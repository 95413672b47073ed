import SosiaCore

/// A ledger in the plainest form: what each change means, rule by rule. It has no vectors, only the keys of their rows.
struct MemoryLedger: Sendable {
    let description: CollectionDescription
    var pictures: [ImageID: LedgerPicture] = [:]
    var lost: [ImageID: LedgerPicture] = [:]
    var containers: [Int64: TileContainer] = [:]
    var settings: Attributes = [:]
    /// The row of each picture that searches can find.
    var keys: [ImageID: VectorKey] = [:]
    /// The number of changes so far.
    var revision: Int64 = 0
    var nextKey: Int64 = 1
    var nextID: Int64 = 1
    var nextContainer: Int64 = 1
    /// The vectors that the current change assigns to pictures.
    var vectors: [ImageID: PlannedRow.Vector] = [:]

    /// Makes a change; if it throws, the ledger must be discarded. Every picture that differs from before gets a new row.
    /// - Returns: the plan that leads to the same state.
    mutating func apply(_ change: LedgerChange) throws -> LedgerPlan {
        let start = self
        vectors = [:]
        let result = try result(of: change)
        var (before, oldKeys) = (start.pictures, start.keys)
        if case .restore(let rows, _) = change {
            // These rows are in the service already.
            for row in rows where keys[row.picture.id] == row.key {
                (before[row.picture.id], oldKeys[row.picture.id]) = (row.picture, row.key)
            }
        }
        revision += 1
        var rows: [PlannedRow] = []
        for picture in pictures.values.sorted(by: { $0.id < $1.id })
        where before[picture.id] != picture || vectors[picture.id] != nil {
            guard let vector = vectors[picture.id] ?? oldKeys[picture.id].map(PlannedRow.Vector.copied) else {
                continue
            }
            let key = VectorKey(rawValue: nextKey)
            nextKey += 1
            keys[picture.id] = key
            rows.append(PlannedRow(key: key, picture: picture, vector: vector))
        }
        keys = keys.filter { pictures[$0.key] != nil }
        return LedgerPlan(
            change: change, revision: start.revision, firstKey: VectorKey(rawValue: start.nextKey),
            firstID: ImageID(rawValue: start.nextID), rows: rows,
            superseded: oldKeys.filter { keys[$0.key] != $0.value }.map(\.value).sorted(), result: result)
    }

    func picture(at location: SourceLocation) -> LedgerPicture? {
        pictures.values.first { $0.isSeen(at: location) }
    }

    private mutating func result(of change: LedgerChange) throws -> LedgerResult {
        switch change {
        case .commit(let unit): return .outcomes(try commit(unit))
        case .update(let id, let patch):
            try patch.check(of: "picture \(id)")
            guard let old = pictures[id] else { throw EngineError.unknownImage(id) }
            try describe(id) { $0.patched(with: patch) }
            return .record(pictures[id]?.record ?? old.record)
        case .remove(let ids): return .count(ids.count { remove($0) })
        case .forget(let locations):
            return .count(locations.count { Self.forget($0, in: &pictures) || Self.forget($0, in: &lost) })
        case .lose(let ids):
            for id in ids {
                guard let picture = pictures.removeValue(forKey: id) else { continue }
                lost[id] = picture
                reopen(picture.tile)
            }
        case .begin(let file): return .container(begin(file))
        case .move(let id, let path, let machine): move(id, to: path, machine)
        case .finish(let id, let isComplete, let windows):
            let gone = pictures.values.filter { picture in
                picture.tile.map { $0.container == id && windows.contains($0.window) } ?? false
            }
            for picture in gone { pictures[picture.id] = nil }
            containers[id]?.isComplete = isComplete
            return .count(gone.count)
        case .forgetContainers(let ids):
            let before = pictures.count + lost.count
            let stays = { (picture: LedgerPicture) in picture.tile.map { !ids.contains($0.container) } ?? true }
            pictures = pictures.filter { stays($0.value) }
            lost = lost.filter { stays($0.value) }
            for id in ids { containers[id] = nil }
            return .count(before - pictures.count - lost.count)
        case .restore(let rows, let last):
            nextKey = max(nextKey, last.rawValue + 1)
            for row in rows where row.key > keys[row.picture.id] ?? VectorKey(rawValue: 0) {
                restore(row.picture, row.key)
            }
        case .remember(let settings): self.settings = settings
        }
        return .done
    }

    private mutating func remove(_ id: ImageID) -> Bool {
        guard let picture = pictures.removeValue(forKey: id) ?? lost.removeValue(forKey: id) else { return false }
        reopen(picture.tile)
        return true
    }

    /// - Returns: whether this was a picture's last source, so that the picture is removed as well.
    private static func forget(_ location: SourceLocation, in pictures: inout [ImageID: LedgerPicture]) -> Bool {
        guard let id = pictures.values.first(where: { $0.isSeen(at: location) })?.id else { return false }
        pictures[id]?.sources.removeAll { $0.location == location }
        if pictures[id]?.sources.isEmpty == true { pictures[id] = nil }
        return pictures[id] == nil
    }
}

// MARK: - Pictures

extension MemoryLedger {
    private mutating func commit(_ unit: IngestUnit) throws -> [IngestOutcome] {
        try unit.check(dimension: description.model.dimension)
        let before = pictures
        var outcomes = [IngestOutcome](repeating: .unknown, count: unit.entries.count)
        for isNew in [false, true] {
            for (position, entry) in unit.entries.enumerated() where (entry.content != nil) == isNew {
                outcomes[position] = try enter(entry, before)
            }
        }
        pictures = pictures.filter { !$0.value.sources.isEmpty }
        for (location, attributes) in unit.attributes {
            guard let id = picture(at: location)?.id else { continue }
            try describe(id) { $0.merging(attributes) { _, new in new } }
        }
        return outcomes
    }

    private mutating func describe(_ id: ImageID, _ body: (Attributes) -> Attributes) throws(EngineError) {
        guard let old = pictures[id]?.attributes else { return }
        let new = body(old)
        try Attributes.check(bytes: new.json.count, before: old.json.count, of: id)
        pictures[id]?.attributes = new
    }

    /// - Parameter before: the pictures before the unit.
    private mutating func enter(
        _ entry: IngestEntry, _ before: [ImageID: LedgerPicture]
    ) throws -> IngestOutcome {
        let previous = picture(at: entry.source.location)
        let known = known(entry, previous: previous, before)
        guard let id = known ?? made(from: entry, previous: previous, before) else { return .unknown }
        try point(entry, to: id, previous: previous?.id)
        return switch (previous?.id, known) {
        case (id?, .some): .touched(id)
        case (.some, _): .changed(id)
        case (nil, nil): .added(id)
        case (nil, .some): entry.gone.isEmpty ? .duplicate(id) : .moved(id)
        }
    }

    /// The existing picture that an entry shows. If each file is a picture, it is the one at the same location, or at one
    /// that is gone and that no other entry has claimed.
    private func known(
        _ entry: IngestEntry, previous: LedgerPicture?, _ before: [ImageID: LedgerPicture]
    ) -> ImageID? {
        let equal = pictures.values.filter { $0.hash == entry.hash }.map(\.id).sorted()
        guard description.identity == .file else { return equal.first }
        return equal.first { $0 == previous?.id }
            ?? equal.first { id in
                let isGone = { (source: ImageSource) in entry.gone.contains(source.location) }
                return before[id]?.sources.contains(where: isGone) ?? false
                    && pictures[id]?.sources.allSatisfy(isGone) ?? false
            }
    }

    /// The picture for bytes that no picture has: a lost one with these bytes, the changed one at this location, a lost one
    /// whose only location this is, or a new one.
    private mutating func made(
        from entry: IngestEntry, previous: LedgerPicture?, _ before: [ImageID: LedgerPicture]
    ) -> ImageID? {
        guard let (facts, vector) = content(of: entry, before) else { return nil }
        let location = entry.source.location
        let sameBytes = lost.values.first { picture in
            picture.hash == entry.hash
                && (description.identity == .content || ([location] + entry.gone).contains(where: picture.isSeen))
        }
        let changed = previous?.sources.count == 1 ? previous : nil
        let old = sameBytes ?? changed ?? lost.values.first { $0.sources.map(\.location) == [location] }
        let id = old?.id ?? ImageID(rawValue: nextID)
        if old == nil { nextID += 1 }
        (lost[id], vectors[id]) = (nil, vector)
        pictures[id] = LedgerPicture(
            id: id, hash: entry.hash, sources: pictures[id]?.sources ?? [], facts: facts,
            attributes: old?.attributes ?? [:], tile: entry.content?.tile)
        return id
    }

    /// Equal bytes are embedded only once: an entry without content gets the vector of a picture that had these bytes before
    /// the unit.
    private func content(
        of entry: IngestEntry, _ before: [ImageID: LedgerPicture]
    ) -> (PictureFacts, PlannedRow.Vector)? {
        if let content = entry.content { return (content.facts, .given(content.embedding)) }
        guard let old = before.values.first(where: { $0.hash == entry.hash }) else { return nil }
        return keys[old.id].map { (old.facts, .copied(from: $0)) }
    }

    /// Makes the entry's source one of this picture, and of no other.
    private mutating func point(_ entry: IngestEntry, to id: ImageID, previous: ImageID?) throws {
        let location = entry.source.location
        for lostID in lost.keys { lost[lostID]?.sources.removeAll { $0.location == location } }
        if let previous { pictures[previous]?.sources.removeAll { $0.location == location } }
        pictures[id]?.sources.removeAll { entry.gone.contains($0.location) }
        pictures[id]?.sources.append(entry.source)
        let home = description.machine
        pictures[id]?.sources.sort {
            $0.location.text(on: home).utf8.lexicographicallyPrecedes($1.location.text(on: home).utf8)
        }
        try describe(id) { $0.merging(entry.attributes) { _, new in new } }
    }
}

// MARK: - Containers

extension MemoryLedger {
    private mutating func begin(_ file: ContainerFile) -> Int64 {
        let known = container(at: file.path, on: file.machine)
        let id = known?.id ?? nextContainer
        if known == nil { nextContainer += 1 }
        if let known, !known.facts.tiling.dropsAs(file.facts.tiling) { dropStamps(id) }
        containers[id] = TileContainer(
            id: id, path: file.path, machine: file.machine, kind: file.kind, stamp: file.stamp, isComplete: false,
            facts: file.facts)
        return id
    }

    private mutating func move(_ id: Int64, to path: String, _ machine: MachineName) {
        guard containers[id] != nil else { return }
        containers[id]?.path = path
        containers[id]?.machine = machine
        dropStamps(id)
        let moved = { (picture: LedgerPicture) in
            var picture = picture
            guard picture.tile?.container == id else { return picture }
            picture.tile?.source = path
            picture.tile?.machine = machine
            return picture
        }
        (pictures, lost) = (pictures.mapValues(moved), lost.mapValues(moved))
    }

    private mutating func dropStamps(_ container: Int64) {
        for picture in pictures.values where picture.tile?.container == container {
            pictures[picture.id]?.sources = picture.sources.map { ImageSource(location: $0.location) }
        }
    }

    /// Removing a single tile leaves its container incomplete, so that adding the container again brings the tile back.
    private mutating func reopen(_ tile: Tile?) {
        if let id = tile?.container { containers[id]?.isComplete = false }
    }
}

extension LedgerPicture {
    fileprivate func isSeen(at location: SourceLocation) -> Bool { sources.contains { $0.location == location } }
}
