import Foundation
import Images
import FileSystem
import Synchronization

/// Makes a file of tiny images, and its names, of the pictures of a source.
///
/// Pictures are decoded by several threads, each of which holds one. Records are gathered
/// as they come in a file beside the new one, then written in the order of their names. Both new files get their names
/// when they are whole.
public struct TinyImageMaker: Sendable {
    /// What was made.
    public struct Report: Sendable, Hashable {
        /// Records.
        public let count: Int
        /// In the order of their names.
        public let skipped: [Skipped]
    }

    /// A picture that was passed over.
    public struct Skipped: Sendable, Hashable {
        public let name: String
        public let reason: String
    }

    public let threads: Int
    private let decoder = ImageDecoder()

    /// - Parameter threads: moved into 1...256.
    public init(threads: Int = TinySearchOptions.threads.standard) {
        self.threads = min(max(threads, TinySearchOptions.threads.minimum), TinySearchOptions.threads.maximum)
    }

    /// What the workers have in common; one at a time reads the next picture, one at a time puts a record away.
    private final class Work: Sendable {
        struct Gathered: ~Copyable {
            var writer: FileWriter
            var names: [String] = []
            var links: [(name: String, target: String)] = []
            var skipped: [Skipped] = []
        }

        let source: Mutex<any PictureSource>
        let gathered: Mutex<Gathered>

        init(source: sending any PictureSource, writer: consuming sending FileWriter) {
            self.source = Mutex(source)
            gathered = Mutex(Gathered(writer: writer))
        }
    }

    /// - Parameters:
    ///   - path: of the new file; one that is there is replaced.
    ///   - progress: gets the number of pictures so far; called from several threads.
    /// - Throws: ``TinyImageError``, `FileError`, `CancellationError`, what the source throws.
    public func make(
        from source: sending any PictureSource, to path: String,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> Report {
        let origin = source.path
        let gathering = path + ".gathering"
        let next = path + ".next"
        let nextNames = RecordNames.path(for: path) + ".next"
        defer { for file in [gathering, next, nextNames] { unlink(file) } }

        let work = Work(source: source, writer: try FileWriter(creating: gathering))
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                while failure.withLock({ $0 == nil }), try takeOne(from: work, progress) {
                    // One of the threads is the task's own.
                    try Task.checkCancellation()
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        var (names, links, skipped) = work.gathered.withLock { ($0.names, $0.links, $0.skipped) }
        guard !names.isEmpty else { throw TinyImageError.noPictures(path: origin) }
        let file = try TinyImageFile(gathering)
        let places = try follow(links, &names, &skipped, in: file)
        try write(names, places, of: file, to: next, names: nextNames)
        for (file, name) in [(nextNames, RecordNames.path(for: path)), (next, path)] {
            do throws(FileError) {
                try DurableFile.rename(file, to: name)
            } catch {
                throw TinyImageError.unwritable(path: name, reason: error.reason)
            }
        }
        return Report(count: names.count, skipped: skipped.sorted { RecordNames.precedes($0.name, $1.name) })
    }

    /// - Returns: whether there was one.
    private func takeOne(from work: Work, _ progress: (Int) -> Void) throws -> Bool {
        guard let picture = try work.source.withLock({ try $0.next() }) else { return false }
        let record: TinyImage
        switch picture.content {
        case .link(let target):
            work.gathered.withLock { $0.links.append((picture.name, target)) }
            return true
        case .file(let read):
            do {
                record = try TinyImage(decoding: read(), decoder: decoder)
            } catch {
                work.gathered.withLock { $0.skipped.append(Skipped(name: picture.name, reason: "\(error)")) }
                return true
            }
        }
        let count = try work.gathered.withLock { gathered in
            try gathered.writer.append(record.bytes.span.bytes)
            gathered.names.append(picture.name)
            return gathered.names.count
        }
        progress(count)
        return true
    }

    /// Adds the names of links whose pictures were gathered; the others are passed over.
    /// - Returns: for each name, which of the gathered records it has.
    private func follow(
        _ links: [(name: String, target: String)], _ names: inout [String], _ skipped: inout [Skipped],
        in file: TinyImageFile
    ) throws -> [Int] {
        var places = Array(names.indices)
        let targets = Set(links.map(\.target))
        let gathered = names.enumerated().filter { targets.contains($0.element) }.map { ($0.element, $0.offset) }
        // Of equal names any would do, as long as it is always the same picture.
        let found = try Dictionary(gathered) { one, other in
            try file.record(other).bytes.lexicographicallyPrecedes(file.record(one).bytes) ? other : one
        }
        for (name, target) in links {
            if let place = found[target] {
                names.append(name)
                places.append(place)
            } else {
                skipped.append(Skipped(name: name, reason: "a link to \(target), which is no picture that was taken"))
            }
        }
        return places
    }

    private func write(
        _ names: [String], _ places: [Int], of file: TinyImageFile, to path: String, names namesPath: String
    ) throws {
        // Equal names, which an archive may have, are told apart by their pixels, so that the order is always the same.
        let order = try names.indices.sorted { one, other in
            if names[one] != names[other] { return RecordNames.precedes(names[one], names[other]) }
            return try file.record(places[one]).bytes.lexicographicallyPrecedes(file.record(places[other]).bytes)
        }
        var records = try FileWriter(creating: path)
        var lines = try FileWriter(creating: namesPath)
        for part in stride(from: 0, to: order.count, by: 1_024) {
            var bytes: [UInt8] = []
            var text = Data()
            for index in order[part..<min(part + 1_024, order.count)] {
                bytes += try file.record(places[index]).bytes
                text += RecordNames.line(names[index])
            }
            try records.append(bytes.span.bytes)
            try lines.append([UInt8](text).span.bytes)
        }
        try records.sync()
        try lines.sync()
    }
}
