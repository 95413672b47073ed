import Foundation
import SosiaCore
import TestSupport
import Testing

@testable import FileSystem

struct PathPatternTests {
    /// Whether a walk that passes over what patterns exclude never meets a path: it goes no deeper below what is excluded.
    static func excludes(_ patterns: [PathPattern], _ path: String, isFolder: Bool) -> Bool {
        let names = path.split(separator: "/").map { Array($0.unicodeScalars) }
        return names.indices.contains { end in
            let last = patterns.last {
                $0.matches(Array(names[...end]), isFolder: isFolder || end < names.count - 1)
            }
            return last.map { !$0.isNegated } ?? false
        }
    }

    private static func matches(_ pattern: String, _ path: String, isFolder: Bool = false) -> Bool {
        PathPattern(pattern).map { excludes([$0], path, isFolder: isFolder) } ?? false
    }

    /// What the manual of gitignore says.
    @Test(arguments: [
        ("hello.*", "hello.txt", true), ("hello.*", "a/hello.java", true), ("/hello.*", "a/hello.java", false),
        ("foo/", "foo", false), ("foo/", "foo/x", true), ("doc/frotz", "doc/frotz", true),
        ("doc/frotz", "a/doc/frotz", false), ("/doc/frotz", "doc/frotz", true), ("foo/*", "foo/test.json", true),
        ("foo/*", "foo/bar/hello.c", true), ("foo/*", "foo", false), ("**/foo", "a/b/foo", true),
        ("**/foo", "foo", true),
        ("**/foo/bar", "a/foo/bar", true), ("abc/**", "abc/d/e", true), ("abc/**", "abc", false),
        ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a**b", "axxb", true),
        ("@eaDir", "album/@eaDir/x.jpg", true), ("#recycle", "#recycle", true), (#"\!x"#, "!x", true),
        (#"\*"#, "x", false), (#"\*"#, "*", true), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]]", "]", true),
        ("[[:digit:]]?", "7\u{e9}", true), ("x?y", "x/y", false), ("*.JPG", "a.jpg", false), ("*", ".hidden", true),
        ("[a/b]c", "ac", true), ("[a/b]c", "a/bc", false),
    ])
    func isGitignore(_ pattern: String, _ path: String, _ isMatched: Bool) {
        #expect(Self.matches(pattern, path) == isMatched)
    }

    @Test(arguments: ["", "/", "!", "[a", "a\\", "[[:nothing:]]", "[a-"])
    func whatMatchesNothingIsNoPattern(_ text: String) {
        #expect(PathPattern(text) == nil)
    }

    @Test func theLastOneDecides() throws {
        let patterns = try ["*.jpg", "!keep.jpg", "/a/keep.jpg"].map { try #require(PathPattern($0)) }
        #expect(Self.excludes(patterns, "x/y.jpg", isFolder: false))
        #expect(!Self.excludes(patterns, "x/keep.jpg", isFolder: false))
        #expect(Self.excludes(patterns, "a/keep.jpg", isFolder: false))
    }

    @Test(arguments: [
        ("raw/", "raw/"), ("/raw", #"/my \[old] \*/raw"#), ("a/b", #"/my \[old] \*/a/b"#), ("**/a/b", "**/a/b"),
        ("!a/b", #"!/my \[old] \*/a/b"#),
    ])
    func aPatternWithASlashBeginsInItsFolder(_ pattern: String, _ written: String) throws {
        #expect(try #require(PathPattern(pattern)).written(in: "/my [old] *") == written)
        if PathPattern(written)?.isAnchored == true, !pattern.hasPrefix("!"), !pattern.hasPrefix("**") {
            let path = "/my [old] */" + pattern.drop { $0 == "/" }
            #expect(Self.matches(written, path))
            #expect(!Self.matches(written, "/other" + path))
        }
    }

    @Test func writtenAtTheRootItStaysWhatItIs() throws {
        #expect(try #require(PathPattern("/raw")).written(in: "/") == "/raw")
        #expect(try #require(PathPattern("a/b")).written(in: "/") == "/a/b")
    }

    /// What would take a matcher that tries every way longer than the universe is old.
    @Test func manyStarsTakeNoTime() {
        let many = String(repeating: "*a", count: 40)
        #expect(!Self.matches(many + "b", String(repeating: "a", count: 2_000)))
        #expect(Self.matches(many, String(repeating: "a", count: 2_000)))
        #expect(!Self.matches(String(repeating: "**/a/", count: 30) + "b", String(repeating: "a/", count: 500) + "c"))
    }

    private static let git = "/usr/bin/git"

    /// Where git does otherwise than its manual says: it cuts a plain beginning off first, and so takes the stars of `a**/`
    /// for folders; and empty names.
    private static func isOdd(_ pattern: String) -> Bool {
        pattern.contains("//") || pattern.contains(#/[^*\/]\*\*+(\/|$)/#)
    }

    /// Random patterns, one to three at a time, over a small tree, held against git itself.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: git), "git is not installed"))
    func agreesWithGit() throws {
        let folder = try TemporaryFolder()
        let folders = ["", "a/", "b/", "a/ab/", "b/a/", "a/ab/b/"]
        let files = ["x", "ab.c", "a]", "-", "*", "b.", "!a", "\\", "abc", "c"]
        for part in folders { for file in files { try folder.write([], to: part + file) } }
        let paths =
            folders.flatMap { part in files.map { part + $0 } } + folders.dropFirst().map { String($0.dropLast()) }
        try run(["init", "-q", "."], in: folder)
        var generator = SplitMix(seed: 12)
        let pieces = [
            "a", "b", "ab", "c", "x", ".", "*", "**", "?", "/", "/", "**/", "/**", "[ab]", "[!a]", "[^b-c]", "[]]",
            "[a-]",
            #"\*"#, #"\a"#, "[[:alpha:]]", "[[:punct:]]", "!", "-", "[a", "]", #"[\]x]"#, "[a/]", "[b-a]",
        ]
        for _ in 0..<600 {
            let texts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                (0..<Int.random(in: 1...5, using: &generator))
                    .compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            }
            .filter { !Self.isOdd($0) }
            try folder.write(Array((texts.joined(separator: "\n") + "\n").utf8), to: ".git/info/exclude")
            let ignored = try run(
                ["-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "--stdin", "-z"], in: folder,
                input: paths.joined(separator: "\0") + "\0")
            let expected = Set(ignored.split(separator: "\0").map(String.init))
            let patterns = texts.compactMap(PathPattern.init)
            let got = paths.filter { path in
                Self.excludes(patterns, path, isFolder: folders.contains(path + "/"))
            }
            #expect(Set(got) == expected, "\(texts)")
        }
    }

    @discardableResult
    private func run(_ arguments: [String], in folder: TemporaryFolder, input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.git)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ["HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1"]
        let source = try folder.write(Array(input.utf8), to: ".git-input")
        let output = Pipe()
        process.standardInput = FileHandle(forReadingAtPath: source)
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
