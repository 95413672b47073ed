import Testing

@testable import FileSystem

struct AbsolutePathTests {
    /// A combining acute accent: it makes one character with the slash before it.
    static let accent = "\u{301}"

    @Test(arguments: [
        ("b.jpg", "/a/b.jpg"), ("/b.jpg", "/b.jpg"), ("./b//c/", "/a/b/c"), ("../b", "/b"), ("../../../b", "/b"),
        ("..", "/"), (".", "/a"), ("/", "/"), ("/b/../c/./d", "/c/d"), ("...", "/a/..."),
    ])
    func isNormalised(_ path: String, _ absolute: String) {
        #expect(AbsolutePath.of(path, relativeTo: "/a") == absolute)
    }

    @Test func isDecidedByBytes() {
        #expect(AbsolutePath.isAbsolute("/\(Self.accent).jpg"))
        #expect(!AbsolutePath.isAbsolute("\(Self.accent)/a"))
        #expect(AbsolutePath.of("/a/\(Self.accent)b/../c") == "/a/c")
        #expect(AbsolutePath.of("/\(Self.accent)b/c", relativeTo: "/a").utf8.elementsEqual("/\(Self.accent)b/c".utf8))
        #expect(AbsolutePath.areSame("/a", "/a"))
        #expect(!AbsolutePath.areSame("/\u{E9}", "/e\(Self.accent)"))
    }

    @Test(arguments: [
        ("/a/b.jpg", "b.jpg"), ("b.jpg", "b.jpg"), ("/a/", ""), ("", ""), ("/a/\(accent)b", "\(accent)b"),
    ])
    func namesFollowTheLastSlash(_ path: String, _ name: String) {
        #expect(AbsolutePath.name(path).utf8.elementsEqual(name.utf8))
    }

    @Test func foldersPrecedeTheLastSlash() {
        #expect(Folder.parent(of: "/a/b") == "/a")
        #expect(Folder.parent(of: "/a/\(Self.accent)b") == "/a")
        #expect(Folder.parent(of: "/a/b/") == "/a")
        #expect(Folder.parent(of: "/a") == "/")
        #expect(Folder.parent(of: "a") == nil)
    }

    @Test func whatLiesBelowAnotherIsLeftOut() {
        #expect(AbsolutePath.disjoint(["/a/b", "/a", "/a!", "/a/b/c", "/b", "/a"]) == ["/a", "/a!", "/b"])
        #expect(AbsolutePath.disjoint(["/a", "/"]) == ["/"])
    }
}
