import Foundation
import Images
import MemoryMapping
import Synchronization

/// Makes a file of tiny images, and its names, of the pictures of a folder or of a tar archive.
///
/// Pictures are read one after the other and decoded by several threads, each of which holds one. Records are gathered
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
            var skipped: [Skipped] = []
        }

        let source: Mutex<PictureSource>
        let gathered: Mutex<Gathered>

        init(source: sending PictureSource, writer: consuming sending FileWriter) {
            self.source = Mutex(source)
            gathered = Mutex(Gathered(writer: writer))
        }
    }

    /// - Parameters:
    ///   - origin: a folder, or a tar archive, plain or compressed.
    ///   - path: of the new file; one that is there is replaced.
    ///   - progress: gets the number of pictures so far; called from several threads.
    /// - Throws: ``TinyImageError``, `MappedFileError`
    public func make(
        from origin: String, to path: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> Report {
        let gathering = path + ".gathering"
        let next = path + ".next"
        let nextNames = RecordNames.path(for: path) + ".next"
        defer { for file in [gathering, next, nextNames] { unlink(file) } }

        let work = Work(source: try PictureSource(origin), writer: try FileWriter(creating: gathering))
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                while failure.withLock({ $0 == nil }), try takeOne(from: work, progress) {}
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        let (names, skipped) = work.gathered.withLock { ($0.names, $0.skipped) }
        guard !names.isEmpty else { throw TinyImageError.noPictures(path: origin) }
        try write(names, from: gathering, to: next, names: nextNames)
        for (file, name) in [(nextNames, RecordNames.path(for: path)), (next, path)] where rename(file, name) != 0 {
            throw TinyImageError.unwritable(path: name, reason: String(cString: strerror(errno)))
        }
        return Report(count: names.count, skipped: skipped.sorted { RecordNames.precedes($0.name, $1.name) })
    }

    /// - Returns: whether there was one.
    private func takeOne(from work: Work, _ progress: (Int) -> Void) throws -> Bool {
        guard let item = try work.source.withLock({ try $0.next() }) else { return false }
        let record: TinyImage
        do {
            record = try TinyImage(decoding: item.content.get(), decoder: decoder)
        } catch {
            let reason = (error as? PictureSource.Skipped)?.reason ?? "\(error)"
            work.gathered.withLock { $0.skipped.append(Skipped(name: item.name, reason: reason)) }
            return true
        }
        let count = try work.gathered.withLock { gathered in
            try gathered.writer.append(record.bytes.span.bytes)
            gathered.names.append(item.name)
            return gathered.names.count
        }
        progress(count)
        return true
    }

    private func write(_ names: [String], from gathering: String, to path: String, names namesPath: String) throws {
        let file = try TinyImageFile(gathering)
        // Equal names, which an archive may have, are told apart by their pixels, so that the order is always the same.
        let order = try names.indices.sorted { one, other in
            if names[one] != names[other] { return RecordNames.precedes(names[one], names[other]) }
            return try file.record(one).bytes.lexicographicallyPrecedes(file.record(other).bytes)
        }
        var records = try FileWriter(creating: path)
        var lines = try FileWriter(creating: namesPath)
        for part in stride(from: 0, to: order.count, by: 1_024) {
            var bytes: [UInt8] = []
            var text = Data()
            for index in order[part..<min(part + 1_024, order.count)] {
                bytes += try file.record(index).bytes
                text += try RecordNames.line(names[index])
            }
            try records.append(bytes.span.bytes)
            try lines.append([UInt8](text).span.bytes)
        }
        try records.sync()
        try lines.sync()
    }
}
