import ArgumentParser
import Foundation
import Sosia
import SosiaCore

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine.", subcommands: [Embed.self])

    struct Embed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how fast pictures become vectors, from files and by the network alone.",
            discussion: """
                At most \(EmbeddingBenchmark.maximumPictures) pictures are measured, chosen evenly from the folder.
                """)

        @Argument(help: "A folder of pictures.")
        var folder: String

        @Option(help: "The network.")
        var model: String = Store.standardModel

        @Option(help: "The arithmetic: auto, f32 or bf16.")
        var precision: PrecisionArgument = .auto

        @Option(help: "Pictures to process at once; by default one for each core.")
        var jobs: Int = IngestOptions.defaultJobs

        @Option(help: "How many times to measure both, in turn; the medians are printed.")
        var rounds: Int = EmbeddingBenchmark.defaultRounds

        @Flag(help: "Print the result as JSON.")
        var json = false

        private struct Output: Encodable {
            let model: String
            let precision: Precision
            let found: Int
            let pictures: Int
            let jobs: Int
            let rounds: Int
            let pipeline: Double
            let inference: Double
            let ratio: Double
            let skipped: Int

            private enum CodingKeys: String, CodingKey {
                case model, precision, found, pictures, jobs, rounds, ratio, skipped
                case pipeline = "pipeline_images_per_s"
                case inference = "inference_images_per_s"
            }
        }

        func validate() throws {
            try (IngestOptions.minimumJobs...IngestOptions.maximumJobs).check(jobs, "--jobs")
            try (EmbeddingBenchmark.minimumRounds...EmbeddingBenchmark.maximumRounds).check(rounds, "--rounds")
        }

        func run() async throws {
            let embedder = try NetworkEmbedder(
                installed: ModelDirectory.standard().model(named: model), precision: precision.precision, requests: jobs
            )
            let line = ProgressLine()
            let result = try await EmbeddingBenchmark(embedder: embedder).run([folder], jobs: jobs, rounds: rounds) {
                line.show("measuring", done: $0, total: rounds)
            }
            line.clear()
            for file in result.skipped { Console.error("skipped \(Console.oneLine(file.path)): \(file.reason)") }
            if json {
                try Console.json(
                    Output(
                        model: embedder.identity.name, precision: embedder.identity.precision,
                        found: result.found, pictures: result.pictures, jobs: jobs, rounds: rounds,
                        pipeline: result.pipelineRate, inference: result.inferenceRate, ratio: result.ratio,
                        skipped: result.skipped.count))
            } else {
                let pictures =
                    result.found > EmbeddingBenchmark.maximumPictures
                    ? "\(result.pictures) of \(result.found)" : "\(result.pictures)"
                Console.print(
                    "\(embedder.identity.name), \(embedder.identity.precision.rawValue), \(pictures) pictures, "
                        + "\(jobs) jobs, median of \(rounds) rounds")
                Console.print(String(format: "pipeline\t%.1f images/s", result.pipelineRate))
                Console.print(String(format: "inference\t%.1f images/s", result.inferenceRate))
                Console.print(String(format: "ratio\t%.3f", result.ratio))
            }
            if !result.skipped.isEmpty { throw ExitStatus.skippedFiles }
        }
    }
}
