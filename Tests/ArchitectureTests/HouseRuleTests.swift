import Foundation
import Testing

/// The rules of the house that can be read off the files.
struct HouseRuleTests {
    @Test func filesAreSmall() throws {
        let lengths = try Tree.sources(["swift", "c", "h"]).map { ($0.lines.count - 1, $0.path) }.sorted { $0.0 < $1.0 }
        let median = try #require(lengths.isEmpty ? nil : lengths[lengths.count / 2].0)
        #expect(median < 120)
        for (length, path) in lengths where length > 500 { Issue.record("\(path) has \(length) lines") }
    }

    /// Where unsafe Swift is at home: the kernels, the mapped file, the readers of file formats and the C bindings.
    private static let unsafePlaces = [
        "Sources/Kernels/", "Sources/FileSystem/", "Sources/Platform/", "Sources/Indexes/",
        "Sources/Images/Bindings/", "Sources/Rasters/Bindings/",
        "Sources/Embeddings/Runtime/Binding/", "Sources/Embeddings/Runtime/CompiledNetworkCache.swift",
        "Sources/EmbeddedEngine/Vectors/", "Sources/TinyImages/File/", "Sources/Reports/Binding/",
    ]

    @Test func unsafeCodeIsWhereItBelongs() throws {
        let words = [
            "UnsafePointer", "UnsafeMutable", "UnsafeBuffer", "UnsafeRaw", "withUnsafe", "unsafeLoad",
            "unsafeBitCast", "unsafelyUnwrapped", "nonisolated(unsafe)", "@unchecked",
        ]
        for file in try Tree.sources() where !Self.unsafePlaces.contains(where: file.path.hasPrefix) {
            for (number, line) in file.lines.enumerated() {
                // Asks where a task runs, and touches no memory.
                let line = line.replacingOccurrences(of: "withUnsafeCurrentTask", with: "")
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1) has \(word)")
                }
            }
        }
    }

    /// Everything else knows indexes by the registry.
    @Test func noIndexIsNamedOutsideOfIndexes() throws {
        for file in try Tree.sources() where file.target != "Indexes" {
            for (number, line) in file.lines.enumerated() {
                for word in ["ExactIndex", "GraphIndex", "IndexKind.exact", "IndexKind.graph"] where line.contains(word)
                {
                    Issue.record("\(file.path):\(number + 1) has \(word)")
                }
            }
        }
    }

    @Test func nothingGivesUpOnInput() throws {
        let words = ["try!", "fatalError(", "preconditionFailure(", "-Ounchecked", "unsafeFlags"]
        let manifest = try String(contentsOf: Tree.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        for word in words { #expect(!manifest.contains(word)) }
        for file in try Tree.sources() {
            for (number, line) in file.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1) has \(word)")
                }
            }
        }
    }

    @Test func namesSayWhatThingsAre() throws {
        for file in try Tree.sources() {
            for word in ["Manager", "Helper", "Utils", "Utilities"] {
                #expect(!file.path.contains(word), "\(file.path)")
            }
        }
    }

    private static let playsRoles: Set = ["CatalogedEngine", "EngineConformance"]
    /// Plays the roles of engines with a ledger of their own.
    private static let passesOn = "Sources/SosiaCore/Engines/LedgerEngine.swift"

    /// The name of the function that a line declares.
    private static func function(_ line: some StringProtocol) -> Substring? {
        Substring(line).firstMatch(of: /func (\w+)/)?.output.1
    }

    @Test func everythingPublicIsDocumented() throws {
        let duties = Set(
            try Tree.sources().filter { $0.path.hasPrefix("Sources/SosiaCore/Engines/") && $0.path != Self.passesOn }
                .flatMap(\.lines).compactMap(Self.function))
        for file in try Tree.sources() {
            for (number, line) in file.lines.enumerated() where line.contains("public ") {
                let code = line.drop { $0 == " " }
                let declares = ["func ", "struct ", "enum ", "protocol ", "final class ", "actor "]
                    .contains { code.hasPrefix("public " + $0) || code.hasPrefix("public static " + $0) }
                guard declares, number > 0 else { continue }
                // Operators and the members that a protocol of the standard library asks for explain themselves.
                if ["func encode(", "static func <", "static func ==", "func hash("].contains(where: code.contains) {
                    continue
                }
                // What a role asks of engines, ledgers and services is documented there.
                let playsRole = Self.playsRoles.contains(file.target) || file.path == Self.passesOn
                if playsRole, let name = Self.function(code), duties.contains(name) {
                    continue
                }
                let above = file.lines[..<number].last { line in
                    !line.drop { $0 == " " }.hasPrefix("@")
                }
                let isDocumented = above.map { $0.drop { $0 == " " }.hasPrefix("///") } ?? false
                #expect(isDocumented, "\(file.path):\(number + 1) \(code)")
            }
        }
    }
}
