import Dispatch
import Foundation
import FileSystem
import TinyImages

/// `sosia-bench-tiny FILE [ROUNDS [COUNT]]`: passes over a file of tiny images, in turns, as GB/s a line of JSON. The
/// queries are eight of its own records; COUNT neighbours are found for each. With ROUNDS 0 there is one search with
/// all threads, for files that no memory holds.
@main
enum TinyBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else { throw UsageError() }
        let rounds = arguments.dropFirst().first.flatMap { Int($0) } ?? 5
        let k = arguments.dropFirst(2).first.flatMap { Int($0) } ?? TinySearchOptions.k.standard
        let file = try TinyImageFile(path)
        let queries = try (0..<8).map { try file.record((2 * $0 + 1) * file.count / 16) }

        func search(_ count: Int, threads: Int) throws {
            var options = TinySearchOptions()
            (options.k, options.threads) = (k, threads)
            _ = try file.nearest(to: Array(queries.prefix(count)), options: options)
        }
        let all = TinySearchOptions.threads.standard
        var ways: [(String, () throws -> Void)] = [
            ("sum, mapped", { try Sum.mapped(path, threads: 1) }),
            ("sum, read", { try Sum.read(path) }),
            ("one query", { try search(1, threads: 1) }),
            ("eight queries", { try search(8, threads: 1) }),
            ("sum, mapped, two threads", { try Sum.mapped(path, threads: 2) }),
            ("one query, two threads", { try search(1, threads: 2) }),
            ("eight queries, two threads", { try search(8, threads: 2) }),
        ]
        if rounds == 0 { ways = [("one query", { try search(1, threads: all) })] }
        var rates: [String: [Double]] = [:]
        for _ in 0..<max(rounds, 1) {
            for (name, way) in ways {
                let start = ContinuousClock.now
                try way()
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                rates[name, default: []].append(Double(file.count * TinyImage.byteCount) / seconds / 1e9)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(rates), as: UTF8.self))
    }
}

/// What reading alone takes: every byte is loaded and added up.
enum Sum {
    private static let window = 12 << 20

    /// As the search reads: the file mapped part by part.
    static func mapped(_ path: String, threads: Int) throws {
        let file = try WindowedFile(path)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            var sum: UInt64 = 0
            for start in stride(from: thread * window, to: file.count, by: threads * window) {
                let part = start..<min(start + window, file.count)
                sum &+= (try? file.withBytes(in: part, add)) ?? 0
            }
            keep(sum)
        }
    }

    /// The usual way: into a buffer that stays in the second-level cache.
    static func read(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        var buffer = [UInt64](repeating: 0, count: 32_768)
        var sum: UInt64 = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            sum &+= add(buffer.span.bytes.extracting(0..<count))
        }
        keep(sum)
    }

    private static func add(_ bytes: RawSpan) -> UInt64 {
        bytes.withUnsafeBytes { bytes in
            var sums = (SIMD8<UInt64>(), SIMD8<UInt64>())
            for at in stride(from: 0, to: bytes.count / 128 * 128, by: 128) {
                sums.0 &+= bytes.loadUnaligned(fromByteOffset: at, as: SIMD8<UInt64>.self)
                sums.1 &+= bytes.loadUnaligned(fromByteOffset: at + 64, as: SIMD8<UInt64>.self)
            }
            return (sums.0 &+ sums.1).wrappedSum()
        }
    }

    /// So that the optimizer leaves the work in.
    @inline(never) private static func keep(_ value: UInt64) {
        if value == 1 { print("") }
    }
}

struct UsageError: Error, CustomStringConvertible {
    var description: String { "usage: sosia-bench-tiny FILE [ROUNDS [COUNT]]" }
}
