package import SosiaCore

/// The power cuts that a recorded run of calls is held against.
package struct PowerCuts: Sendable {
    /// Where to cut, and what to lose there.
    package struct Cut: Sendable {
        /// The calls before it.
        package let position: Int
        /// How often the program had answered.
        package let answers: Int
        package let state: DiskState
        /// What happened, in words.
        package let story: String
    }

    /// How many cuts there are of each kind.
    package struct Bounds: Sendable {
        /// Calls behind which nothing is lost, and behind which all is; behind each answer it is done in any case.
        package var positions: Int
        /// Losses of a single change.
        package var singles: Int
        /// Losses of several changes at once.
        package var sets: Int

        package init(positions: Int, singles: Int, sets: Int) {
            (self.positions, self.singles, self.sets) = (positions, singles, sets)
        }
    }

    private let path: String
    private let calls: [SystemCall]
    /// The first call behind which there is a cut.
    private let first: Int
    private var losses: [[(loss: Loss, story: String)]]

    /// - Parameters:
    ///   - path: of the folder in which the calls happened.
    ///   - first: the first call behind which there is a cut; answers are counted from there, too.
    ///   - bounds: beyond them, cuts are drawn.
    /// - Throws: ``UnknownCall``
    package init(
        of calls: [SystemCall], in path: String, from first: Int = 0, bounds: Bounds, using generator: inout SplitMix
    ) throws {
        self.path = path
        self.calls = calls
        self.first = first
        var disk = Disk(path: path)
        var pending: [Int] = []
        for call in calls {
            try disk.apply(call)
            pending.append(disk.pendingCount)
        }
        losses = calls.map { _ in [] }
        for position in first..<calls.count
        where calls[position] == .answered
            || Int.random(in: 0..<calls.count - first, using: &generator) < bounds.positions
        {
            losses[position] = [(.nothing, "nothing lost"), (.everything, "all lost")]
        }
        let open = pending.indices.filter { $0 >= first && pending[$0] > 0 }
        let all = open.reduce(0) { $0 + pending[$1] }
        for position in open {
            for change in 0..<pending[position] where Int.random(in: 0..<all, using: &generator) < bounds.singles {
                losses[position].append((.one(change), "change \(change) of \(pending[position]) lost"))
            }
        }
        for number in 0..<bounds.sets {
            guard let position = open.randomElement(using: &generator) else { break }
            losses[position].append((.some(of: pending[position], using: &generator), "set \(number)"))
        }
    }

    /// Calls `body` with each cut whose number leaves `part` when divided by `parts`, but once with equal ones.
    package func forEach(part: Int, of parts: Int, _ body: (Cut) async throws -> Void) async throws {
        var disk = Disk(path: path)
        var (answers, number) = (0, 0)
        var seen: Set<Int> = []
        for (position, call) in calls.enumerated() {
            try disk.apply(call)
            guard position >= first else { continue }
            if call == .answered {
                answers += 1
                seen.removeAll()
            }
            for (loss, story) in losses[position] {
                number += 1
                guard number % parts == part else { continue }
                let state = disk.state(after: loss)
                guard seen.insert(state.fingerprint).inserted else { continue }
                try await body(Cut(position: position + 1, answers: answers, state: state, story: story))
            }
        }
    }
}
