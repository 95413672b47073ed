import DiskModel
import FileSystem
import Sosia
import SosiaCore

/// What a client did to a collection, call by call, and what it saw after each answer.
struct Run: Sendable {
    /// From an empty disk on.
    let calls: [SystemCall]
    /// Where the calls begin whose power cuts matter.
    let first: Int
    /// What may be found before the first answer.
    let before: [Contents?]
    /// What the client saw after each answer.
    let answers: [Contents]
    let operations: [Operation]

    /// The folder in which the disk lies while calls are recorded.
    static func disk(in scratch: String) -> String { scratch + "/disk" }

    private static func client(in scratch: String) -> Client {
        Client(pictures: scratch + "/pictures", path: collection(on: disk(in: scratch)))
    }

    /// Two folders have to be made for it.
    static func collection(on disk: String) -> String { disk + "/made/photos.sosia" }

    /// Makes a collection and works on it.
    static func record(operations count: Int, seed: UInt64, in scratch: String) async throws -> Run {
        var operations = Operations(seed: seed)
        var drawn: [Operation] = []
        return try await record(
            in: scratch, after: [], before: [nil],
            operations: { contents in
                guard drawn.count < count else { return nil }
                drawn.append(operations.draw(contents))
                return drawn.last
            })
    }

    /// Stops the client behind some call of a run, as `kill -9` does, and lets another one go on: it asks for the same once
    /// more, and then for something else. What the first one left unsynced is still unsynced.
    func resumed(at position: Int, seed: UInt64, in scratch: String) async throws -> Run {
        let calls = Array(calls[..<position])
        var disk = Disk(path: Self.disk(in: scratch))
        for call in calls { try disk.apply(call) }
        try disk.state(after: .nothing).write(to: Self.disk(in: scratch))
        let answered = calls.count { $0 == .answered }
        var operations = Operations(seed: seed)
        var left = 2
        // The first answer was that there is a collection.
        let interrupted = answered > 0 ? self.operations.dropFirst(answered - 1).first : nil
        return try await Self.record(
            in: scratch, after: calls, before: expected(after: answered),
            operations: { contents in
                left -= 1
                return left == 1 ? interrupted ?? .reopen : left == 0 ? operations.draw(contents) : nil
            })
    }

    private static func record(
        in scratch: String, after calls: [SystemCall], before: [Contents?], operations: (Contents) -> Operation?
    ) async throws -> Run {
        var client = client(in: scratch)
        try Folder.create(client.pictures)
        try Folder.create(disk(in: scratch))
        Recording.start(in: disk(in: scratch))
        var performed: [Operation] = []
        var answers: [Contents] = []
        do {
            var contents = try await Contents(of: client.open())
            // That there is a collection is an answer, too.
            Recording.answer()
            answers.append(contents)
            while let operation = operations(contents) {
                performed.append(operation)
                try await client.perform(operation)
                Recording.answer()
                contents = try await Contents(of: client.open())
                answers.append(contents)
            }
        } catch {
            _ = try Recording.stop()
            throw error
        }
        return Run(
            calls: calls + (try Recording.stop()), first: calls.count, before: before, answers: answers,
            operations: performed)
    }

    /// What may be found after so many answers: what was answered, or that and all of what was asked for next. nil stands for
    /// no collection.
    func expected(after count: Int) -> [Contents?] {
        (count == 0 ? before : [answers[count - 1]]) + answers.dropFirst(count).prefix(1).map { $0 }
    }
}
