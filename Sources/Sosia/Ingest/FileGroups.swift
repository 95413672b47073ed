import FileSystem
import SosiaCore
import Workers

/// A file that was read, and what the collection knows of its bytes.
struct ReadFile: Sendable {
    let content: FileContent
    /// The pictures that have them.
    let known: [PictureOrigin]
    /// Places of these bytes on this machine where nothing is any more: the picture has moved.
    let gone: [SourceLocation]
}

/// Reads files ahead of those who embed them, a group at a time, so that the ledger is asked once a group.
///
/// While one group is worked on, the next is read. A file leaves memory when it is taken, so that little more than two
/// groups are held.
actor FileGroups {
    /// Of one group.
    static let maximumFiles = 64
    /// Of one group; a larger file is a group of its own.
    static let maximumBytes: Int64 = 32 << 20

    private let files: [IngestPlan.File]
    private let groups: [Range<Int>]
    /// The group of each file.
    private let groupOfFile: [Int]
    private let engine: any CollectionEngine
    private let machine: MachineName
    private let options: IngestOptions
    private var readings: [Int: Task<Void, any Error>] = [:]
    private var begun = 0
    private var ready: [Int: Result<ReadFile, SkipReason>] = [:]

    init(_ files: [IngestPlan.File], engine: any CollectionEngine, machine: MachineName, options: IngestOptions) {
        self.files = files
        self.engine = engine
        self.machine = machine
        self.options = options
        groups = Self.groups(of: files.map(\.stamp.size))
        groupOfFile = groups.enumerated().flatMap { group, range in range.map { _ in group } }
    }

    /// Cuts files into groups by their sizes.
    static func groups(of sizes: [Int64]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var (start, bytes) = (0, Int64(0))
        for (position, size) in sizes.enumerated() {
            if position > start, position - start == maximumFiles || size > maximumBytes - bytes {
                groups.append(start..<position)
                (start, bytes) = (position, 0)
            }
            bytes += size
        }
        if start < sizes.count { groups.append(start..<sizes.count) }
        return groups
    }

    /// Calls `body` with each file, in the order of the files, by as many workers as the options say.
    nonisolated func run(
        label: String, _ body: @escaping @Sendable (Int, Result<ReadFile, SkipReason>) async throws -> Void
    ) async throws {
        do {
            try await WorkerPool.run(count: files.count, jobs: options.jobs, label: label) { position in
                try await body(position, try await self.take(position))
            }
        } catch {
            await cancel()
            throw error
        }
    }

    private func take(_ position: Int) async throws -> Result<ReadFile, SkipReason> {
        let group = groupOfFile[position]
        while begun < min(group + 2, groups.count) {
            let next = begun
            begun += 1
            readings[next] = Task { [before = readings[next - 1]] in
                try await before?.value
                try await self.read(self.groups[next])
            }
        }
        if let reading = readings[group] {
            try await withTaskCancellationHandler {
                try await reading.value
            } onCancel: {
                reading.cancel()
            }
        }
        readings[group - 1] = nil
        guard let file = ready.removeValue(forKey: position) else { throw CancellationError() }
        return file
    }

    private func cancel() {
        for reading in readings.values { reading.cancel() }
        ready = [:]
    }

    nonisolated private func read(_ group: Range<Int>) async throws {
        let contents = try await contents(of: group)
        let found = contents.enumerated().compactMap { index, result in (try? result.get()).map { (index, $0) } }
        let known = found.isEmpty ? [] : try await engine.known(found.map(\.1.hash))
        var files = contents.map { $0.map { ReadFile(content: $0, known: [], gone: []) } }
        for ((index, content), origins) in zip(found, known) where !origins.isEmpty {
            let gone = try await gone(from: origins, besides: self.files[group.lowerBound + index].path)
            files[index] = .success(ReadFile(content: content, known: origins, gone: gone))
        }
        await keep(files, from: group.lowerBound)
    }

    nonisolated private func contents(of group: Range<Int>) async throws -> [Result<FileContent, SkipReason>] {
        let read = Gathered<Result<FileContent, SkipReason>>()
        try await WorkerPool.run(count: group.count, jobs: options.jobs, label: "sosia.reading") { index in
            let path = self.files[group.lowerBound + index].path
            let content = Result { [roots = self.options.onlyBelow] () throws(SkipReason) in
                try FileContent(reading: path, below: roots)
            }
            await read.add(content, at: index)
        }
        return await read.inOrder
    }

    /// Nothing is concluded from what lies on another machine.
    nonisolated private func gone(
        from origins: [PictureOrigin], besides path: String
    ) async throws -> [SourceLocation] {
        let others = origins.flatMap(\.sources).filter { location in
            location.path(on: machine).map { !AbsolutePath.areSame($0, path) } ?? false
        }
        if others.isEmpty { return [] }
        return try await CPUExecutor(label: "sosia.reading").run { [machine] in
            others.filter { $0.path(on: machine).map(MissingFile.isMissing) ?? false }
        }
    }

    private func keep(_ files: [Result<ReadFile, SkipReason>], from start: Int) {
        for (index, file) in files.enumerated() { ready[start + index] = file }
    }
}
