import Foundation
import NIOCore
import Synchronization
import Testing

@testable import SosiaServer

/// Fetching from a server on 127.0.0.1, which is allowed for the test, and only at that server's port.
@Suite(.timeLimit(.minutes(10)))
struct PictureFetcherTests {
    private static let host = "pictures.example"

    fileprivate static func response(_ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    private static func redirect(_ location: String, status: Int = 302) -> ScriptedServer.Step {
        .send("HTTP/1.1 \(status) Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
    }

    fileprivate struct Case {
        let server: ScriptedServer
        let resolver: ScriptedResolver
        let fetcher: PictureFetcher

        func fetch(_ path: String = "/") async throws -> FetchedPicture {
            try await fetcher.fetch("http://\(PictureFetcherTests.host):\(server.port)\(path)")
        }
    }

    fileprivate func with(
        names: [String: [[String]]] = [host: [["127.0.0.1"]]], set: (inout FetchOptions) -> Void = { _ in },
        script: @escaping @Sendable (String) -> [ScriptedServer.Step], _ body: (Case) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer(script: script)
        let resolver = ScriptedResolver(names)
        // Only a test of slow servers is about time.
        var options = FetchOptions.untimed
        options.isEnabled = true
        options.hosts = try AllowedHosts("127.0.0.1:\(server.port)")
        set(&options)
        let fetcher = PictureFetcher(options, resolver: resolver)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(Case(server: server, resolver: resolver, fetcher: fetcher)))
        } catch {
            result = .failure(error)
        }
        try await server.stop()
        try result.get()
    }

    @Test func aPictureArrives() async throws {
        // The type is not what it says; that is for the decoder to find out.
        try await with(script: { _ in [.send(Self.response("picture", "Content-Type: text/html\r\n"))] }) { test in
            let picture = try await test.fetch("/a/b.jpg?c=d")
            #expect(picture.bytes == Array("picture".utf8))
            #expect(picture.url.fileName == "b.jpg")
            let head = try #require(test.server.heads.first)
            #expect(head.hasPrefix("GET /a/b.jpg?c=d HTTP/1.1\r\n"))
            let lines = head.lowercased().split(separator: "\r\n")
            #expect(lines.contains("host: \(Self.host):\(test.server.port)"))
            #expect(
                !lines.contains { $0.hasPrefix("cookie") || $0.hasPrefix("authorization") || $0.hasPrefix("referer") })
        }
    }

    /// What a host announces is counted before any of it has come, so that of several the first find room for all.
    @Test(arguments: [("/announced", true, 7), ("/broken", true, 7), ("/chunked", false, 7), ("/nothing", false, 0)])
    func bytesAreCountedOnce(_ path: String, isAtOnce: Bool, _ total: Int) async throws {
        let scripts: [String: [ScriptedServer.Step]] = [
            "/announced": [.send(Self.response("picture"))],
            "/broken": [.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"), .close],
            "/chunked": [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npic\r\n4\r\nture\r\n0\r\n\r\n")
            ],
            "/nothing": [.send(Self.response(""))],
        ]
        try await with(script: { scripts[$0] ?? [] }) { test in
            let counted = Mutex<[Int]>([])
            _ = try? await test.fetcher.fetch("http://\(Self.host):\(test.server.port)\(path)") { bytes in
                counted.withLock { $0.append(bytes) }
            }
            let counts = counted.withLock { $0 }
            #expect(counts.reduce(0, +) == total)
            if isAtOnce { #expect(counts.count == 1) }
        }
    }

    @Test func theOtherPortsOfTheMachineStayForbidden() async throws {
        try await with(script: { _ in [.send(Self.response(""))] }) { test in
            await #expect(throws: FetchError.forbiddenAddress(IPAddress(v4: (127, 0, 0, 1)), .loopback)) {
                try await test.fetcher.fetch(
                    "http://127.0.0.1:\(test.server.port == 65_535 ? 1024 : test.server.port + 1)/")
            }
            #expect(test.server.heads.isEmpty)
        }
    }

    /// The answer that was checked is the one that is used, although the next one would be another.
    @Test func aNameIsResolvedOnceARequest() async throws {
        let names = [Self.host: [["127.0.0.1"], ["10.0.0.1"]]]
        try await with(names: names, script: { _ in [.send(Self.response("x"))] }) { test in
            let picture = try await test.fetch()
            #expect(picture.bytes.count == 1)
            #expect(test.resolver.lookups == [Self.host])
        }
    }

    @Test func anAnswerThatChangesBetweenRedirectsIsCheckedAgain() async throws {
        let names = [Self.host: [["127.0.0.1"], ["169.254.169.254"]]]
        try await with(names: names, script: { _ in [Self.redirect("/next")] }) { test in
            let address = IPAddress(v4: (169, 254, 169, 254))
            await #expect(throws: FetchError.forbiddenAddress(address, .cloudMetadata)) { try await test.fetch() }
            #expect(test.server.paths == ["/"])
        }
    }

    @Test func redirectsAreFollowed() async throws {
        try await with(script: { path in
            switch path {
            case "/a/1": [Self.redirect("/a/2", status: 301)]
            case "/a/2": [Self.redirect("3?x", status: 303)]
            case "/a/3?x": [Self.redirect("?y", status: 307)]
            case "/a/3?y": [Self.redirect("../b.jpg", status: 308)]
            default: [.send(Self.response("end"))]
            }
        }) { test in
            let picture = try await test.fetch("/a/1")
            #expect(picture.bytes == Array("end".utf8))
            #expect(picture.url.fileName == "b.jpg")
            #expect(test.server.paths == ["/a/1", "/a/2", "/a/3?x", "/a/3?y", "/a/../b.jpg"])
            #expect(test.resolver.lookups == Array(repeating: Self.host, count: 5))
        }
    }

    @Test(arguments: [0, 1, 5])
    func redirectsAreCounted(_ limit: Int) async throws {
        try await with(set: { $0.redirects = limit }, script: { _ in [Self.redirect("/again")] }) { test in
            await #expect(throws: FetchError.tooManyRedirects(maximum: limit)) { try await test.fetch() }
            #expect(test.server.heads.count == limit + 1)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1/", AddressKind.loopback), ("http://[::1]/", .loopback),
        ("http://inside.example/", .privateNetwork),
        ("//169.254.169.254/", .cloudMetadata), ("http://[::ffff:10.0.0.1]/", .embedsIPv4),
    ])
    func redirectsToForbiddenAddressesAreRefused(_ location: String, _ kind: AddressKind) async throws {
        let names = [Self.host: [["127.0.0.1"]], "inside.example": [["10.0.0.1"]]]
        try await with(names: names, script: { _ in [Self.redirect(location)] }) { test in
            let error = await #expect(throws: FetchError.self) { try await test.fetch() }
            guard case .forbiddenAddress(_, kind)? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "no error")")
                return
            }
            #expect(test.server.heads.count == 1)
        }
    }

    @Test(arguments: [
        ("file:///etc/passwd", URLFlaw.scheme), ("gopher://127.0.0.1/", .scheme), ("http://user@127.0.0.1/", .userInfo),
        ("http://2130706433/", .numericHost), ("http://a b/", .character), ("http://127.0.0.1\u{e9}/", .character),
    ])
    func redirectsToOddURLsAreRefused(_ location: String, _ flaw: URLFlaw) async throws {
        try await with(script: { _ in [Self.redirect(location)] }) { test in
            await #expect(throws: FetchError.invalidURL(flaw)) { try await test.fetch() }
        }
    }

    @Test func answersThatAreNoPicturesAreNamed() async throws {
        try await with(script: { path in
            path == "/nowhere"
                ? [.send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")]
                : [.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
        }) { test in
            await #expect(throws: FetchError.noLocation(status: 302)) { try await test.fetch("/nowhere") }
            await #expect(throws: FetchError.status(404)) { try await test.fetch("/missing") }
        }
    }

    @Test func largeBodiesAreCutOff() async throws {
        let limit = FetchOptions.minimumBytes
        let chunk = "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"
        try await with(
            set: { $0.bytes = limit },
            script: { path in
                switch path {
                case "/exact": [.send(Self.response(String(repeating: "x", count: limit)))]
                case "/announced":
                    [.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"), .pause(.hours(1))]
                case "/chunked":
                    [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .forever(chunk)]
                case "/unframed": [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), .forever(chunk)]
                default: [.send(Self.response(String(repeating: "x", count: limit + 1)))]
                }
            }
        ) { test in
            let exact = try await test.fetch("/exact")
            #expect(exact.bytes.count == limit)
            for path in ["/announced", "/chunked", "/unframed", "/one-more"] {
                await #expect(throws: FetchError.tooLarge(maximum: limit), "\(path)") { try await test.fetch(path) }
            }
        }
    }

    @Test func liesAboutTheLengthAreNotBelieved() async throws {
        try await with(script: { path in
            switch path {
            case "/short": [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfew"), .close]
            case "/negative": [.send("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nfew"), .close]
            case "/both":
                [.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\nfew"), .close]
            case "/nothing": [.close]
            case "/noise": [.send("this is not HTTP at all\r\n\r\n"), .close]
            default: [.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfewer bytes were announced"), .close]
            }
        }) { test in
            for path in ["/short", "/negative", "/both", "/nothing", "/noise"] {
                let error = await #expect(throws: FetchError.self, "\(path)") { try await test.fetch(path) }
                if case .connectionFailed? = error { continue }
                Issue.record("\(path): \(error.map { "\($0)" } ?? "no error")")
            }
        }
    }

    @Test func slowServersAreLeft() async throws {
        let limit = Duration.milliseconds(300)
        try await with(
            set: { $0.timeout = limit },
            script: { path in
                let head = ScriptedServer.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                return switch path {
                case "/head": [.pause(.hours(1))]
                case "/drops":
                    [head] + Array(repeating: [.send("x"), .pause(.milliseconds(20))], count: 900).flatMap { $0 }
                case "/headers": [.send("HTTP/1.1 200 OK\r\n"), .pause(.hours(1))]
                case "/circle": [.pause(.milliseconds(100)), Self.redirect("/circle")]
                default: [head, .pause(.hours(1))]
                }
            }
        ) { test in
            for path in ["/head", "/drops", "/headers", "/body", "/circle"] {
                await #expect(throws: FetchError.timedOut(after: limit), "\(path)") { try await test.fetch(path) }
            }
        }
    }

    @Test func endlessHeadersAreCutOff() async throws {
        let line = "X-Filler: " + String(repeating: "x", count: 1_000) + "\r\n"
        try await with(script: { _ in [.send("HTTP/1.1 200 OK\r\n"), .forever(line)] }) { test in
            let error = await #expect(throws: FetchError.self) { try await test.fetch() }
            guard case .connectionFailed? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "no error")")
                return
            }
        }
    }

    @Test func aClosedPortIsNamed() async throws {
        try await with(script: { _ in [] }) { test in
            try await test.server.stop()
            let error = await #expect(throws: FetchError.self) { try await test.fetch() }
            guard case .connectionFailed? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "no error")")
                return
            }
        }
    }

    @Test func cancellationEndsAFetch() async throws {
        try await with(script: { _ in [.pause(.hours(1))] }) { test in
            let task = Task { try await test.fetch() }
            while test.server.heads.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    /// A proxy would connect to wherever it likes. In a process of its own: the environment is everybody's.
    @Test func proxiesOfTheEnvironmentAreIgnored() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:9/", 1)
            }
            try await PictureFetcherTests().with(script: { _ in [.send(PictureFetcherTests.response("x"))] }) { test in
                let picture = try await test.fetch()
                #expect(picture.bytes.count == 1)
                #expect(test.server.paths == ["/"])
            }
        }
    }

    @Test func theSystemResolverAnswersOrSaysThatThereIsNoSuchName() async throws {
        let found = try await SystemResolver().addresses(of: "localhost")
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.specialKind == .loopback })
        let task = Task { try await SystemResolver().addresses(of: "localhost") }
        task.cancel()
        // Cancelled or answered: in either case it ends.
        _ = try? await task.value
    }
}
