import Testing

@testable import SosiaServer

struct PictureURLTests {
    @Test(arguments: [
        ("http://example.com", "http://example.com/"), ("HTTPS://Example.COM./A?b=c#d", "https://example.com/A?b=c"),
        ("http://example.com:80/", "http://example.com/"), ("https://example.com:80/", "https://example.com:80/"),
        ("http://example.com:8080?q", "http://example.com:8080/?q"), ("http://8.8.8.8/x", "http://8.8.8.8/x"),
        ("http://[2606:2800::1]:8080/", "http://[2606:2800:0:0:0:0:0:1]:8080/"),
        ("http://xn--mnchen-3ya.example/a%20b.jpg", "http://xn--mnchen-3ya.example/a%20b.jpg"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://example.com/http://127.0.0.1/", "http://example.com/http://127.0.0.1/"),
        ("http://example.com/a@b", "http://example.com/a@b"),
    ])
    func isWrittenAnew(_ text: String, _ canonical: String) throws {
        #expect(try PictureURL(text).description == canonical)
        #expect(try PictureURL(canonical) == PictureURL(text))
    }

    @Test(
        arguments: [
            ("/c.jpg", "http://example.com/c.jpg"), ("c.jpg", "http://example.com/a/c.jpg"),
            ("?r=2", "http://example.com/a/b.jpg?r=2"), ("//other.example/x", "http://other.example/x"),
            ("https://other.example", "https://other.example/"), ("../c.jpg", "http://example.com/a/../c.jpg"),
            ("c:d", nil), ("", "http://example.com/a/b.jpg?q=1"), ("#top", "http://example.com/a/b.jpg?q=1"),
            ("//user@host/", nil),
            ("/c:d", "http://example.com/c:d"), ("http://127.1/", nil), ("javascript:x", nil), ("/a b", nil),
        ] as [(String, String?)])
    func redirectsAreResolved(_ location: String, _ target: String?) throws {
        let base = try PictureURL("http://example.com/a/b.jpg?q=1")
        #expect((try? base.resolving(location))?.description == target)
    }

    @Test(arguments: [("http://a.example/x/y.jpg?z/w", "y.jpg"), ("http://a.example", ""), ("http://a.example/b", "b")])
    func theFileHasAName(_ url: String, _ name: String) throws {
        #expect(try PictureURL(url).fileName == name)
    }
}
