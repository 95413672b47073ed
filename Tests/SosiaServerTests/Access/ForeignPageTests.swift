import HTTPTypes
import Testing

@testable import SosiaServer

/// What a page of another site gets a visitor's browser to ask.
struct ForeignPageTests {
    private static func from(_ site: String, _ mode: String, _ destination: String) -> HTTPFields {
        [.secFetchSite: site, .secFetchMode: mode, .secFetchDestination: destination]
    }

    private static let paths = [
        "/v1/collections", "/v1/collections/photos/images", "/v1/collections/photos/images/1/file",
        "/v1/collections/photos/images/1/similar?filter=width%3E1", "/v1/status", "/status/", "/healthz", "/metrics",
        "/openapi.json", "/nothing",
    ]

    @Test func readsNothing() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            for path in Self.paths {
                for headers: HTTPFields in [
                    Self.from("cross-site", "no-cors", "image"), Self.from("same-site", "cors", "empty"),
                    Self.from("cross-site", "navigate", "document"), Self.from("cross-site", "navigate", "iframe"),
                    [.origin: "https://evil.example"], [.origin: "null"], [.origin: "http://localhost:1"],
                ] {
                    let answer = try await client.send(.get, path, headers)
                    #expect(answer.problem == "untrusted-origin", "\(path) \(headers)")
                    #expect(try await client.send(.head, path, headers).status == 403)
                }
            }
        }
    }

    @Test func mayLinkToThePage() async throws {
        try await TestServer().run { client async throws in
            for path in ["/", "/page.css"] {
                let link = Self.from("cross-site", "navigate", "document")
                #expect(try await client.send(.get, path, link).status == 200)
                // But not show it, load its parts, or send forms to it.
                for (mode, destination) in [("navigate", "iframe"), ("no-cors", "script"), ("cors", "empty")] {
                    let answer = try await client.send(.get, path, Self.from("cross-site", mode, destination))
                    #expect(answer.problem == "untrusted-origin")
                }
                #expect(try await client.send(.post, path, link).problem == "untrusted-origin")
            }
        }
    }

    @Test func theOwnPageReadsEverything() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            for path in Self.paths.dropLast() {
                for site in ["same-origin", "none"] {
                    #expect(try await client.send(.get, path, Self.from(site, "cors", "empty")).status == 200)
                }
                #expect(try await client.send(.get, path, [.origin: "http://localhost"]).status == 200)
            }
        }
    }

    @Test func allowedSitesReadEverything() async throws {
        let server = try TestServer()
        let options = server.options { $0.allowedOrigins = ["https://friend.example"] }
        try await server.run(options: options) { client async throws in
            var headers = Self.from("cross-site", "cors", "empty")
            headers[.origin] = "https://friend.example"
            #expect(try await client.send(.get, "/v1/collections", headers).status == 200)
        }
    }
}
