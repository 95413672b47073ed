import DiskModel
import Foundation
import SosiaCore
import TestSupport

/// Holds a collection against power cuts: records what a client's operations do to the disk, and opens what would be found
/// after a cut behind each call, with what was not synced lost or kept.
///
///     PowerCut [--operations N] [--positions N] [--singles N] [--sets N] [--resumed N] [--seed N]
@main
struct PowerCut {
    private var operations = 200
    private var bounds = PowerCuts.Bounds(positions: .max, singles: 5_000, sets: 500)
    /// How many clients are killed, with another one going on.
    private var resumed = 100
    private var seed: UInt64 = 1

    /// Of what a client does that goes on.
    private static let resumedBounds = PowerCuts.Bounds(positions: 10, singles: 10, sets: 3)
    /// A program with many faults says no more than this of them.
    private static let shownFaults = 20

    static func main() async throws {
        var attack = PowerCut()
        var arguments = Array(CommandLine.arguments.dropFirst())
        while arguments.count >= 2, let number = Int(arguments[1]), number >= 0 {
            switch arguments[0] {
            case "--operations": attack.operations = number
            case "--positions": attack.bounds.positions = number
            case "--singles": attack.bounds.singles = number
            case "--sets": attack.bounds.sets = number
            case "--resumed": attack.resumed = number
            case "--seed": attack.seed = UInt64(number)
            default: usage()
            }
            arguments.removeFirst(2)
        }
        guard arguments.isEmpty else { usage() }
        exit(try await attack.run() ? 0 : 1)
    }

    private static func usage() -> Never {
        print("usage: PowerCut [--operations N] [--positions N] [--singles N] [--sets N] [--resumed N] [--seed N]")
        exit(2)
    }

    /// - Returns: whether nothing was lost.
    private func run() async throws -> Bool {
        // A disk in memory is written quickly, and is only a copy of the one that fails.
        if access("/dev/shm", W_OK) == 0 { setenv("TMPDIR", "/dev/shm", 1) }
        let folder = try TemporaryFolder()
        let run = try await Run.record(operations: operations, seed: seed, in: folder.path)
        var generator = SplitMix(seed: seed)
        var report = try await check(run, bounds, using: &generator, in: folder.path)
        // Just before something becomes durable.
        let places = run.calls.indices.filter { if case .sync = run.calls[$0] { true } else { false } }
        let made = run.calls.firstIndex(of: .answered) ?? 0
        for number in 0..<resumed {
            // A quarter of them while the collection is being made.
            let drawn = number % 4 == 0 ? places.filter { $0 < made } : places
            guard let position = drawn.randomElement(using: &generator) else { break }
            let next = try await run.resumed(at: position, seed: seed &+ UInt64(number), in: folder.path)
            report += try await check(next, Self.resumedBounds, using: &generator, in: folder.path)
        }
        for fault in report.faults.prefix(Self.shownFaults) { print("FAULT\t\(fault)") }
        print(
            "power cuts\t\(run.operations.count) operations, \(run.calls.count) calls, \(resumed) times killed and "
                + "resumed: \(report.states) states, \(report.faults.count) faults")
        return report.faults.isEmpty && report.states > 0
    }

    private struct Report: Sendable {
        var states = 0
        var faults: [String] = []

        static func += (sum: inout Report, other: Report) {
            sum.states += other.states
            sum.faults += other.faults
        }
    }

    private func check(
        _ run: Run, _ bounds: PowerCuts.Bounds, using generator: inout SplitMix, in folder: String
    ) async throws -> Report {
        let cuts = try PowerCuts(
            of: run.calls, in: Run.disk(in: folder), from: run.first, bounds: bounds, using: &generator)
        let parts = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return try await withThrowingTaskGroup(of: Report.self) { group in
            for part in 0..<parts {
                group.addTask {
                    var report = Report()
                    let checker = Checker(run: run, disk: "\(folder)/cut-\(part)")
                    try await cuts.forEach(part: part, of: parts) { cut in
                        report.states += 1
                        do {
                            try await checker.check(cut)
                        } catch {
                            report.faults.append(
                                "cut behind call \(cut.position) of \(run.calls.count), \(cut.answers) answered, "
                                    + "\(cut.story): \(error)")
                        }
                    }
                    return report
                }
            }
            var sum = Report()
            for try await report in group { sum += report }
            return sum
        }
    }
}
