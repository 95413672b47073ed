import Foundation
import SosiaCore

/// Reading a ledger, in the plainest form.
extension MemoryLedger: PictureRecords, TileRecords {
    func sources(at locations: [SourceLocation]) -> [ImageSource?] {
        locations.map { location in picture(at: location)?.sources.first { $0.location == location } }
    }

    func known(_ hashes: [ContentHash]) -> [[PictureOrigin]] {
        hashes.map { hash in
            pictures.values.filter { $0.hash == hash }.sorted { $0.id < $1.id }.map(origin)
        }
    }

    func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) -> [SourceLocation] {
        let stem = path == "/" ? "/" : path + "/"
        let paths = all.flatMap(\.sources)
            .compactMap { $0.location.path(on: machine) }
            .filter { $0.utf8.elementsEqual(path.utf8) || $0.utf8.starts(with: stem.utf8) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let last = location?.path(on: machine)
        let rest = paths.filter { path in last.map { $0.utf8.lexicographicallyPrecedes(path.utf8) } ?? true }
        return rest.prefix(limit).map { .file(path: $0, machine: machine) }
    }

    func records(_ ids: [ImageID]) -> [ImageRecord] { ids.compactMap { pictures[$0]?.record } }

    func records(passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int) -> RecordPage {
        let most = records(passing: filter, before: id, limit: limit)
        var page: [ImageRecord] = []
        var sum = 0
        for record in most where sum < bytes {
            page.append(record)
            sum += record.attributes.json.count
        }
        let isMore = page.count < most.count || page.count == limit
        return RecordPage(page, attributeBytes: sum, next: isMore ? page.last?.id : nil)
    }

    func records(passing filter: Filter?, before id: ImageID?, limit: Int) -> [ImageRecord] {
        let newest = pictures.values.sorted { $0.id > $1.id }.filter { picture in id.map { picture.id < $0 } ?? true }
        return Array(newest.lazy.map(\.record).filter { filter?.matches($0.allAttributes) ?? true }.prefix(limit))
    }

    func origins(of ids: [ImageID]) -> [PictureOrigin?] {
        ids.map { (pictures[$0] ?? lost[$0]).map(origin) }
    }

    func uploads(after hash: ContentHash?, limit: Int) -> [PictureOrigin] {
        let uploads = all.map(origin)
            .filter { $0.sources.contains { if case .upload = $0 { true } else { false } } }
            .filter { origin in hash.map { origin.hash > $0 } ?? true }
            .sorted { ($0.hash, $0.id) < ($1.hash, $1.id) }
        guard limit < uploads.count else { return uploads }
        return uploads.filter { $0.hash <= uploads[max(limit, 1) - 1].hash }
    }

    func lost(after id: ImageID?, limit: Int) -> [PictureOrigin] {
        lost.values.filter { picture in id.map { picture.id > $0 } ?? true }.sorted { $0.id < $1.id }.prefix(limit)
            .map(origin)
    }

    func attributeSummaries() -> [AttributeSummary] {
        var values: [String: [JSONValue]] = [:]
        for picture in pictures.values {
            for (name, value) in picture.record.allAttributes where value != .null {
                values[name, default: []].append(value)
            }
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names.prefix(AttributeSummary.maximumNames).map { name in
            let found = values[name] ?? []
            let kinds = Set(found.map(\.kind))
            let different = Set(found).sorted { $0.precedes($1) }
                .reduce(into: [JSONValue]()) { if $0.last?.precedes($1) ?? true { $0.append($1) } }
            let isListed =
                kinds.isDisjoint(with: [.list, .object]) && different.count <= AttributeSummary.maximumValues
            return AttributeSummary(
                name: name, kinds: AttributeSummary.Kind.allCases.filter(kinds.contains), pictures: found.count,
                values: isListed ? different : nil)
        }
    }

    func containers(_ kind: TileContainer.Kind?, after id: Int64?, limit: Int) -> [CountedContainer] {
        containers.values.filter { (kind ?? $0.kind) == $0.kind && $0.id > id ?? 0 }.sorted { $0.id < $1.id }
            .prefix(limit).map { container in
                CountedContainer(
                    container: container, tiles: pictures.values.count { $0.tile?.container == container.id })
            }
    }

    func container(_ id: Int64) -> TileContainer? { containers[id] }

    func container(at path: String, on machine: MachineName) -> TileContainer? {
        containers.values.first { $0.path.utf8.elementsEqual(path.utf8) && $0.machine == machine }
    }

    func tiles(of container: Int64, after window: PixelWindow?, limit: Int) -> [LedgerTile] {
        let stamp = containers[container]?.stamp
        return pictures.values.compactMap { picture -> LedgerTile? in
            guard let tile = picture.tile, tile.container == container else { return nil }
            return LedgerTile(window: tile.window, isCurrent: picture.sources.contains { $0.stamp == stamp })
        }
        .sorted { $0.window.order < $1.window.order }
        .filter { tile in window.map { $0.order < tile.window.order } ?? true }
        .prefix(limit).map(\.self)
    }

    private var all: [LedgerPicture] { Array(pictures.values) + Array(lost.values) }

    private func origin(_ picture: LedgerPicture) -> PictureOrigin {
        PictureOrigin(
            id: picture.id, hash: picture.hash, sources: picture.sources.map(\.location), tile: picture.tile,
            isLost: lost[picture.id] != nil)
    }
}

extension PixelWindow {
    /// How tiles are listed: by y, then x, width and height.
    fileprivate var order: (Int, Int, Int, Int) { (y, x, width, height) }
}
