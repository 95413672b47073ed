import Foundation
import SessionSupport
import Sosia
import SosiaCore
import TestSupport

/// What a client asks of a collection; each is answered once.
enum Operation: Sendable {
    case add([Int])
    /// A file gets another picture.
    case change(Int, to: Int)
    case prune(Int)
    case upload([Int])
    case update(ImageID, Int64)
    case remove([ImageID])
    /// Compaction with VACUUM. Without grace it also takes away the bytes of what was removed just now.
    case compact(objectGrace: Double)
    case index
    case reopen
}

/// A client that works on a collection, operation by operation.
struct Client {
    /// Where the files lie that are added; not a part of the disk that fails.
    let pictures: String
    let path: String
    private(set) var store: Store?

    init(pictures: String, path: String) {
        (self.pictures, self.path) = (pictures, path)
    }

    /// Makes the collection when there is none.
    mutating func open() async throws -> Store {
        if let store { return store }
        let opened = try await Store(creating: path, embedder: GridEmbedder())
        store = opened
        return opened
    }

    mutating func perform(_ operation: Operation) async throws {
        let store = try await open()
        switch operation {
        case .add(let numbers):
            for number in numbers { try write(picture(number), to: number) }
            _ = try await store.add(numbers.map(file))
        case .change(let number, let other):
            try write(picture(other), to: number)
            _ = try await store.add([file(number)])
        case .prune(let number):
            try? FileManager.default.removeItem(atPath: file(number))
            var options = IngestOptions()
            (options.prune, options.force) = (true, true)
            _ = try await store.add([file(number)], options: options)
        case .upload(let numbers):
            let uploads = try numbers.map { number in
                Upload(
                    name: "\(number).jpg", bytes: try picture(number, side: Self.sides[number % Self.sides.count]),
                    attributes: ["number": .integer(Int64(number))])
            }
            _ = try await store.add(uploads)
        case .update(let id, let value):
            let attributes: Attributes = [
                "value": .integer(value), "note": .string(String(repeating: "n", count: Int(value % 5_000))),
            ]
            do {
                _ = try await store.update(id, attributes: attributes)
            } catch EngineError.unknownImage {}
        case .remove(let ids): _ = try await store.remove(ids)
        case .compact(let grace): _ = try await store.compact(objectGrace: grace)
        case .index: try await store.prepareIndexes(.approximate)
        case .reopen: self.store = nil
        }
    }

    /// Small pictures and some of several sectors.
    private static let sides = [32, 64, 32, 200]

    private func file(_ number: Int) -> String { pictures + "/\(number).jpg" }

    private func write(_ bytes: [UInt8], to number: Int) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(number)))
    }
}

/// Draws operations that fit what a collection holds.
struct Operations {
    private var generator: SplitMix
    private var next = 1
    private var files: [Int] = []
    private var uploads: [Int] = []

    init(seed: UInt64) {
        generator = SplitMix(seed: seed)
    }

    mutating func draw(_ contents: Contents) -> Operation {
        let ids = contents.records.map(\.id)
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<25:
            let numbers = new(1...4)
            files += numbers
            return .add(numbers)
        case ..<50:
            // Bytes that are there already are put again.
            let known = Bool.random(using: &generator) ? uploads.randomElement(using: &generator) : nil
            let numbers = new(1...2)
            uploads += numbers
            return .upload(numbers + (known.map { [$0] } ?? []))
        case ..<64:
            guard let id = ids.randomElement(using: &generator) else { return .reopen }
            return .update(id, Int64.random(in: 0..<1_000_000, using: &generator))
        case ..<78: return .remove(ids.shuffled(using: &generator).suffix(Int.random(in: 1...3, using: &generator)))
        case ..<86: return .compact(objectGrace: Bool.random(using: &generator) ? 0 : Store.objectGrace)
        case ..<90:
            guard let file = files.randomElement(using: &generator) else { return .reopen }
            return .change(file, to: new(1...1)[0])
        case ..<94:
            guard let position = files.indices.randomElement(using: &generator) else { return .reopen }
            return .prune(files.remove(at: position))
        case ..<96: return .index
        default: return .reopen
        }
    }

    private mutating func new(_ count: ClosedRange<Int>) -> [Int] {
        let count = Int.random(in: count, using: &generator)
        defer { next += count }
        return Array(next..<next + count)
    }
}
