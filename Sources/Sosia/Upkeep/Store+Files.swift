import SosiaCore
import Workers

extension Store {
    /// Pictures whose files are hashed together.
    private static let hashedPictures = 512

    /// Hashes the files of this machine that pictures were made from.
    /// - Returns: how many, and those that are not what was added, by path.
    func hashFiles() async throws -> (count: Int, problems: [VerifyReport.Problem]) {
        var (count, last): (Int, ImageID?) = (0, nil)
        var problems: [VerifyReport.Problem] = []
        repeat {
            let page = try await engine.records(
                passing: nil, before: last, limit: Self.hashedPictures, bytes: Attributes.maximumBytes)
            let origins = try await engine.origins(of: page.records.map(\.id)).compactMap(\.self)
            let files = origins.flatMap { origin in
                origin.sources.compactMap { $0.path(on: machine) }.map { (path: $0, id: origin.id, hash: origin.hash) }
            }
            let states = Gathered<VerifyReport.Problem>()
            try await WorkerPool.run(count: files.count, jobs: jobs, label: "sosia.hashing") { position in
                let file = files[position]
                if let state = Self.state(of: file.path, added: file.hash) {
                    await states.add(.file(path: file.path, of: file.id, state), at: position)
                }
            }
            problems += await states.inOrder
            count += files.count
            last = page.next
        } while last != nil
        return (count, problems.sorted { "\($0)".utf8.lexicographicallyPrecedes("\($1)".utf8) })
    }

    /// - Returns: nil for a file that is what was added.
    private static func state(of path: String, added hash: ContentHash) -> VerifyReport.FileState? {
        do throws(SkipReason) {
            return try FileContent(reading: path).hash == hash ? nil : .changed
        } catch .notFound {
            return .missing
        } catch .tooLarge {
            // What was added was not.
            return .changed
        } catch {
            return .unreadable(error)
        }
    }
}
