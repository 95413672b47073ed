import Foundation

/// The package's own source files.
enum Tree {
    struct File {
        /// Relative to the package's root.
        let path: String
        let lines: [Substring]

        var target: String { String(path.split(separator: "/")[1]) }

        /// The modules that it imports, whole or in part: `import A`, `public import struct A.B`.
        var imports: [String] {
            lines.compactMap { line in
                var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
                guard let keyword = words.firstIndex(of: "import"), keyword <= 1 else { return nil }
                words.removeFirst(keyword + 1)
                return words.last.map { String($0.prefix { $0 != "." }) }
            }
        }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func sources(_ endings: Set<String> = ["swift"]) throws -> [File] {
        let folder = root.appendingPathComponent("Sources")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try names.sorted().filter { endings.contains(URL(fileURLWithPath: $0).pathExtension) }.map { name in
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            return File(
                path: "Sources/" + name, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
