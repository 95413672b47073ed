import FileSystem
import Foundation
import Images
package import SosiaCore
import Workers

/// How fast pictures become vectors here: the whole way from files, and the network alone.
///
/// Both are run by the same workers on the same pictures, in turn, so that a machine that slows down slows both.
package struct EmbeddingBenchmark: Sendable {
    package static let minimumRounds = 1
    package static let defaultRounds = 5
    package static let maximumRounds = 1000
    /// Pictures that are measured, evenly chosen from more; their pixels are held, 150 kB each.
    package static let maximumPictures = 512

    /// What was measured.
    package struct Result: Sendable, Hashable {
        /// Files that were found; at most ``EmbeddingBenchmark/maximumPictures`` of them are measured.
        package let found: Int
        package let pictures: Int
        package let jobs: Int
        package let rounds: Int
        /// Pictures a second from file to vector, median of the rounds.
        package let pipelineRate: Double
        /// Pictures a second from pixels to vector, median of the rounds.
        package let inferenceRate: Double
        /// Median over the rounds of pipeline over inference.
        package let ratio: Double
        package let skipped: [SkippedFile]
    }

    private let embedder: any Embedder
    private let decoder = ImageDecoder()

    package init(embedder: any Embedder) {
        self.embedder = embedder
    }

    /// - Parameters:
    ///   - paths: files and folders.
    ///   - progress: called after each round with the rounds done.
    package func run(
        _ paths: [String], jobs: Int, rounds: Int, progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) async throws -> Result {
        var files: [String] = []
        var skipped: [SkippedFile] = []
        for item in FileWalk(paths.map { AbsolutePath.of($0) }) {
            switch item {
            case .odd(let path, _) where !FileWalk.isPicture(path): continue
            case .file(let path, _), .odd(let path, _): files.append(path)
            case .skipped(let file): skipped.append(file)
            }
        }
        let found = files.count
        files = Self.chosen(files)
        let (pixels, unreadable) = decodeAll(files)
        skipped += unreadable
        let bad = Set(unreadable.map(\.path))
        let good = files.filter { !bad.contains($0) }

        var pipeline: [Double] = []
        var inference: [Double] = []
        for round in 0..<rounds {
            pipeline.append(
                try await rate(good.count, jobs: jobs) { index in
                    let content = try FileContent(reading: good[index])
                    let picture = try decoder.decode(content.bytes, for: embedder.input)
                    _ = try embedder.embed(picture.pixels)
                })
            inference.append(
                try await rate(pixels.count, jobs: jobs) { _ = try embedder.embed(pixels[$0]) })
            progress(round + 1)
        }
        return Result(
            found: found, pictures: good.count, jobs: jobs, rounds: rounds, pipelineRate: median(pipeline),
            inferenceRate: median(inference), ratio: median(zip(pipeline, inference).map { $0 / $1 }),
            skipped: skipped)
    }

    /// As many as may be measured, at equal distances.
    static func chosen(_ files: [String]) -> [String] {
        let count = min(files.count, maximumPictures)
        return (0..<count).map { files[$0 * files.count / count] }
    }

    /// Kept as pixels of the network's size, 150 kB each.
    private func decodeAll(_ files: [String]) -> ([PixelImage], [SkippedFile]) {
        var pixels: [PixelImage] = []
        var skipped: [SkippedFile] = []
        for path in files {
            do {
                pixels.append(try decoder.decode(FileContent.bytes(reading: path), for: embedder.input).pixels)
            } catch let reason as SkipReason {
                skipped.append(SkippedFile(path: path, reason: reason))
            } catch let error as DecodeError {
                skipped.append(SkippedFile(path: path, reason: .decoding(error)))
            } catch {
                skipped.append(SkippedFile(path: path, reason: .embedding("\(error)")))
            }
        }
        return (pixels, skipped)
    }

    /// - Returns: calls of `body` a second.
    private func rate(
        _ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws -> Double {
        guard count > 0 else { return 0 }
        let start = ContinuousClock.now
        try await WorkerPool.run(count: count, jobs: jobs, label: "sosia.benchmark") { try body($0) }
        let elapsed = (ContinuousClock.now - start).components
        return Double(count) / (Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
