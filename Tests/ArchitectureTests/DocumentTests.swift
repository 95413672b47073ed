import Foundation
import Testing

/// Holds the documents against the code that they speak of.
struct DocumentTests {
    static let documents = [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/AerialImages.md", "docs/Engines.md",
        "docs/TinyImages.md", "Benchmarks/README.md", "Sources/Sosia/Sosia.docc/Sosia.md",
    ]
    /// Where the Swift code of the documents is compiled, and run.
    private static let compiled = ["Examples", "Tests/EngineConformanceTests"]
    /// Eight lines of 120 characters.
    private static let longestParagraph = 960
    /// Types that `import Sosia` shows.
    private static let mostTypes = 50

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Tree.root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Lines of code as they are compared: without indentation, imports and empty lines.
    private static func code(_ lines: some Sequence<Substring>) -> [String] {
        lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("import ") }
    }

    @Test(arguments: documents)
    func codeIsCompiledAsItStands(_ document: String) throws {
        let sources = try Self.compiled.flatMap { folder in
            let names =
                FileManager.default.enumerator(atPath: Tree.root.appendingPathComponent(folder).path)?
                .compactMap { $0 as? String } ?? []
            return try names.filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.map { name in
                Self.code(try Self.text(folder + "/" + name).split(separator: "\n"))
            }
        }
        for block in try Self.text(document).components(separatedBy: "```swift\n").dropFirst() {
            let code = Self.code(block.components(separatedBy: "```")[0].split(separator: "\n"))
            #expect(sources.contains { $0.contains(code) }, "\(document): \(code.first ?? "") ... is compiled nowhere")
        }
    }

    @Test(arguments: documents)
    func paragraphsAreShort(_ document: String) throws {
        for line in try Self.text(document).split(separator: "\n") where !line.hasPrefix("|") {
            #expect(
                line.count <= Self.longestParagraph, "\(document): \(line.prefix(60))... has \(line.count) characters")
        }
    }

    /// Every file of the project that a document links to, or calls by a path.
    @Test(arguments: documents)
    func filesThatAreNamedExist(_ document: String) throws {
        let folder = Tree.root.appendingPathComponent(document).deletingLastPathComponent()
        let text = try Self.text(document)
        for link in text.matches(of: /\]\(([^)#:]+)\)/).map(\.output.1) {
            let path = folder.appendingPathComponent(String(link)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(document) links to \(link)")
        }
        for name in text.matches(of: /`((?:Sources|Tests|scripts|Examples|docs)\/[A-Za-z0-9_.\/+-]+)`/).map(\.output.1)
        {
            let paths = [Tree.root, folder].map { $0.appendingPathComponent(String(name)).path }
            #expect(paths.contains(where: FileManager.default.fileExists(atPath:)), "\(document) names \(name)")
        }
    }

    /// Source files are named by the last part of their paths; `Type+Aspect.swift` is a pattern.
    @Test func sourceFilesThatAreNamedExist() throws {
        var names: Set<String> = ["Type+Aspect.swift"]
        for folder in ["Sources", "Tests"] {
            let paths = FileManager.default.enumerator(atPath: Tree.root.appendingPathComponent(folder).path)
            while let path = paths?.nextObject() as? String {
                names.insert(String(path.split(separator: "/").last ?? ""))
            }
        }
        for document in Self.documents {
            for word in try Self.text(document).matches(of: /`(?:[A-Za-z]+\/)*([A-Za-z+_0-9]+\.(?:swift|c))`/) {
                let name = String(word.output.1)
                #expect(names.contains(name), "\(document) names \(name)")
            }
        }
    }

    /// What `import Sosia` shows, and no other type, has a place on the landing page.
    @Test func everyPublicTypeIsOnTheLandingPage() throws {
        var types: [String: Set<String>] = [:]
        for file in try Tree.sources() {
            for line in file.lines where line.hasPrefix("public ") {
                guard
                    let name = line.prefixMatch(of: /public (?:[a-z]+ )?(?:struct|enum|protocol|class|typealias) (\w+)/)
                else {
                    continue
                }
                types[file.target, default: []].insert(String(name.output.1))
            }
        }
        var shown = types["Sosia", default: []]
        for line in try Self.text("Sources/Sosia/Exports.swift").split(separator: "\n") {
            if let part = line.wholeMatch(of: /@_exported public import \w+ (\w+)\.(\w+)/) {
                let (target, name) = (String(part.output.1), String(part.output.2))
                // Some are for other targets of the package only.
                if types[target, default: []].contains(name) { shown.insert(name) }
            } else if let whole = line.wholeMatch(of: /@_exported public import (\w+)/) {
                shown.formUnion(types[String(whole.output.1), default: []])
            }
        }
        let page = try Self.text("Sources/Sosia/Sosia.docc/Sosia.md")
        let topics = Set(page.matches(of: /\n- ``(\w+)``/).map { String($0.output.1) })
        #expect(shown.subtracting(topics).isEmpty)
        #expect(topics.subtracting(shown).isEmpty)
        #expect(shown.count <= Self.mostTypes, "Nest what is only handed to applications, or keep it to the package")
    }
}
