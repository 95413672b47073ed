import DiskModel
import FileSystem
import Foundation
import SessionSupport
import Sosia
import SosiaCore

/// What is wrong after a power cut.
struct Fault: Error, CustomStringConvertible {
    let description: String
}

/// Opens the collection that a power cut left.
struct Checker {
    let run: Run
    let disk: String

    private var path: String { Run.collection(on: disk) }

    /// - Throws: ``Fault``, and whatever opening and reading throws.
    func check(_ cut: PowerCuts.Cut) async throws {
        let expected = run.expected(after: cut.answers)
        try cut.state.write(to: disk)
        guard try await Store.exists(at: path) else {
            guard expected.contains(nil) else { throw Fault(description: "there is no collection") }
            let store = try await Store(creating: path, embedder: GridEmbedder())
            guard try await contents(of: store) == .empty else {
                throw Fault(description: "a new collection has pictures")
            }
            return
        }
        // A reader first, then a writer, each with what the cut left.
        for isWritable in [false, true] {
            if isWritable { try cut.state.write(to: disk) }
            let found = try await contents(of: Store(opening: path, writable: isWritable))
            guard expected.contains(found) else {
                throw Fault(description: "\(isWritable ? "a writer" : "a reader") finds \(difference(found, expected))")
            }
        }
    }

    private func contents(of store: Store) async throws -> Contents {
        let problems = try await store.verify().problems
        guard problems.isEmpty else { throw Fault(description: "\(problems)") }
        return try await Contents(of: store)
    }

    private func difference(_ found: Contents, _ expected: [Contents?]) -> String {
        let wanted = expected.map { contents in contents.map { "\($0.records.map(\.id))" } ?? "none" }
        return "\(found.records.map(\.id)) with \(found.originals.count) originals, nearest \(found.nearest); "
            + "expected is one of \(wanted)"
    }
}

extension DiskState {
    /// Makes a folder hold this and nothing else.
    func write(to folder: String) throws {
        try? FileManager.default.removeItem(atPath: folder)
        for name in [""] + folders { try Folder.create(folder + "/" + name, isSynced: false) }
        for (name, bytes) in files {
            var file = try FileWriter(creating: folder + "/" + name)
            try file.append(bytes.span.bytes)
        }
    }
}
