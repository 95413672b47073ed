import Foundation
import Sosia

/// The folders below which clients may name files.
struct AllowedFolders: Sendable {
    private let roots: [String]

    /// - Throws: `SkipReason.notFound` for a folder that is not there.
    init(_ paths: [String]) throws {
        roots = try paths.map { path in
            guard let root = Self.resolved(path) else { throw SkipReason.notFound }
            return root
        }
    }

    /// The path without links, once it is known to lie below one of the folders.
    ///
    /// What is not there and what may not be seen get the same answer, so that nothing can be found out by asking.
    func path(_ path: String) throws(Problem) -> String {
        if path.hasPrefix("/"), !path.utf8.contains(0), let resolved = Self.resolved(path),
            roots.contains(where: { resolved == $0 || resolved.hasPrefix($0 == "/" ? "/" : $0 + "/") })
        {
            return resolved
        }
        throw Problem(
            .pathNotAllowed,
            roots.isEmpty ? "the server was started without --allow-root" : "there is no such path that may be read")
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
