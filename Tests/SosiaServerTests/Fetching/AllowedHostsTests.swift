import HTTPTypes
import SosiaCore
import Testing

@testable import SosiaServer

struct AllowedHostsTests {
    private static func allows(_ list: String, _ url: String, at address: String) throws -> Bool {
        let url = try PictureURL(url)
        return try AllowedHosts(list).contains(url.host, at: #require(IPAddress(address)), port: url.port)
    }

    @Test(arguments: [
        ("minio.lan:9000", "http://minio.lan:9000/a", "10.2.0.7", true),
        ("minio.lan:9000", "http://minio.lan:9001/a", "10.2.0.7", false),
        ("minio.lan:9000", "http://minio.lan/a", "10.2.0.7", false),
        ("minio.lan:9000", "http://other.lan:9000/", "10.2.0.7", false),
        ("minio.lan:9000", "http://10.2.0.7:9000/", "10.2.0.7", false),
        ("minio.lan", "http://MINIO.lan.:9000/", "10.2.0.7", true),
        ("minio.lan", "https://minio.lan/", "fd00::7", true),
        ("MinIO.lan.", "http://minio.lan/", "127.0.0.1", true), ("minio.lan", "http://a.minio.lan/", "10.2.0.7", false),
        ("10.2.0.0/16", "http://10.2.255.255:9000/", "10.2.255.255", true),
        ("10.2.0.0/16", "http://store.lan/", "10.2.3.4", true), ("10.2.0.0/16", "http://10.3.0.0/", "10.3.0.0", false),
        ("10.2.0.0/16", "http://[::ffff:10.2.0.1]/", "::ffff:10.2.0.1", false),
        ("10.2.3.4", "http://10.2.3.4:9000/", "10.2.3.4", true),
        ("10.2.3.4:9000", "http://a.lan:9000/", "10.2.3.4", true),
        ("10.2.3.4:9000", "http://10.2.3.4/", "10.2.3.4", false), ("10.2.3.4/32", "http://a.lan/", "10.2.3.5", false),
        ("fd12:3456::/32", "http://[fd12:3456:1::1]/", "fd12:3456:1::1", true),
        ("fd12:3456::/32", "http://[fd12:3457::1]/", "fd12:3457::1", false),
        ("[fd00::1]:9000", "http://[fd00::1]:9000/", "fd00::1", true),
        ("fd00::1", "http://[fd00::1]/", "fd00::1", true),
        ("[fd00::1]:9000", "http://[fd00::1]/", "fd00::1", false), ("10.0.0.0/7", "http://a/", "11.1.1.1", true),
        ("192.168.0.0/17", "http://a/", "192.168.128.0", false),
        ("minio.lan,10.0.0.0/8", "http://a/", "10.1.1.1", true),
        ("0.0.0.0/0", "http://a/", "127.0.0.1", true), ("0.0.0.0/0", "http://[::1]/", "::1", false),
        // The metadata services of clouds are not opened by the way.
        ("169.254.0.0/16", "http://169.254.169.254/", "169.254.169.254", false),
        ("169.254.0.0/16", "http://169.254.1.1/", "169.254.1.1", true),
        ("minio.lan", "http://minio.lan/", "169.254.169.254", false),
        ("169.254.169.254", "http://169.254.169.254/", "169.254.169.254", true),
    ])
    func whatIsListedIsAllowed(_ list: String, _ url: String, _ address: String, _ isAllowed: Bool) throws {
        #expect(try Self.allows(list, url, at: address) == isAllowed)
    }

    @Test(arguments: [
        ("", ""), ("a,,b", ""), ("a, b", " b"), ("a.lan:", "a.lan:"), ("a.lan:22", "a.lan:22"), ("a.lan:x", "a.lan:x"),
        ("a.lan:65536", "a.lan:65536"), ("*.lan", "*.lan"), ("a@b", "a@b"), ("http://a.lan", "http://a.lan"),
        ("a.lan/x", "a.lan/x"), ("a.lan/8", "a.lan/8"), ("10.2.0.1/16", "10.2.0.1/16"), ("10.2.0.0/33", "10.2.0.0/33"),
        ("10.2.0.0/", "10.2.0.0/"), ("10.2.0.0/08", "10.2.0.0/08"), ("10.2.0.0/-1", "10.2.0.0/-1"),
        ("10.2/16", "10.2/16"), ("10.2.0.0/16/16", "10.2.0.0/16/16"), ("10.2.0.0/255.255.0.0", "10.2.0.0/255.255.0.0"),
        ("010.2.0.0/16", "010.2.0.0/16"), ("2130706433", "2130706433"), ("0x7f.1", "0x7f.1"), ("10.2.3", "10.2.3"),
        ("fd00::/129", "fd00::/129"), ("fd00::1/64", "fd00::1/64"), ("[fd00::]/8", "[fd00::]/8"), ("[::1", "[::1"),
        ("fe80::1%eth0", "fe80::1%eth0"), ("[fe80::1%25eth0]:80", "[fe80::1%25eth0]:80"), ("a b", "a b"),
        ("ä.lan", "ä.lan"),
        ("a.lan?x", "a.lan?x"), ("good.lan,10.2.0.0/40", "10.2.0.0/40"), ("a..b", "a..b"),
        ("10.2.0.0/16 ", "10.2.0.0/16 "),
    ])
    func whatIsNotOneIsNamed(_ list: String, _ entry: String) {
        let error = #expect(throws: AllowedHostsError.self) { try AllowedHosts(list) }
        #expect(error?.entry == entry)
        #expect(error?.description.hasPrefix("'\(entry)' is not a host or network: ") == true)
    }

    @Test func theNetworkThatWasMeantIsNamed() {
        let error = #expect(throws: AllowedHostsError.self) { try AllowedHosts("10.2.3.4/12") }
        #expect(error?.reason == .hostBits(network: "10.0.0.0/12"))
    }

    /// Without `isEnabled` nothing else is fetched from, public or not; with it the public internet is, too.
    @Test func theListStandsForItself() async throws {
        let names = [
            "minio.lan": [["10.2.0.7"]], "other.lan": [["10.2.0.8"]], "public.example": [["93.184.216.34"]],
        ]
        for isEnabled in [false, true] {
            var options = FetchOptions.untimed
            options.isEnabled = isEnabled
            options.hosts = try AllowedHosts("minio.lan:9000")
            let fetcher = PictureFetcher(options, resolver: ScriptedResolver(names)) { _, _, address, _ in
                .picture(address.bytes)
            }
            // The address that was checked is the one that is connected to.
            #expect(try await fetcher.fetch("http://minio.lan:9000/a.jpg").bytes == [10, 2, 0, 7])
            for url in ["http://minio.lan/", "http://other.lan:9000/", "http://10.2.0.7:9000/", "http://127.0.0.1/"] {
                await #expect(throws: FetchError.self, "\(url)") { try await fetcher.fetch(url) }
            }
            if isEnabled {
                #expect(try await fetcher.fetch("http://public.example/").bytes == [93, 184, 216, 34])
            } else {
                let address = IPAddress(v4: (93, 184, 216, 34))
                await #expect(throws: FetchError.forbiddenAddress(address, .notListed)) {
                    try await fetcher.fetch("http://public.example/")
                }
            }
        }
    }

    @Test(arguments: ["http://other.lan:9000/", "http://minio.lan:9001/", "http://127.0.0.1:9000/", "//10.2.0.8:9000/"])
    func redirectsAreHeldAgainstTheListAgain(_ location: String) async throws {
        var options = FetchOptions.untimed
        options.hosts = try AllowedHosts("minio.lan:9000")
        let names = ScriptedResolver(["minio.lan": [["10.2.0.7"]], "other.lan": [["10.2.0.8"]]])
        let fetcher = PictureFetcher(options, resolver: names) { _, url, _, _ in
            url.port == 9000 && url.host == .name("minio.lan") ? .redirect(location: location) : .picture([])
        }
        let error = await #expect(throws: FetchError.self) { try await fetcher.fetch("http://minio.lan:9000/") }
        guard case .forbiddenAddress? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }
}

/// A name that nobody knows, one that leads inside and one that the policy refuses get one answer.
struct RefusedNameTests {
    private static let names = [
        "inside.example": [["10.0.0.1"]], "metadata.example": [["169.254.169.254"]], "v6.example": [["fd00::1"]],
        "public.example": [["93.184.216.34"]],
    ]

    /// Asks servers that never answer.
    private struct SilentResolver: HostResolver {
        func addresses(of name: String) async throws -> [IPAddress] {
            try await Task.sleep(for: .seconds(3600))
            return []
        }
    }

    private static func problem(_ url: String, _ resolver: any HostResolver) async throws -> Problem? {
        var options = FetchOptions.untimed
        options.hosts = try AllowedHosts("minio.lan")
        if resolver is SilentResolver { options.connectTimeout = FetchOptions.minimumTimeout }
        let fetcher = PictureFetcher(options, resolver: resolver) { _, _, _, _ in .picture([]) }
        do {
            _ = try await fetcher.fetch(url)
            return nil
        } catch {
            return Problem(error)
        }
    }

    private static func text(_ problem: Problem) -> String {
        "\(problem.kind.status.code) \(problem.headers) " + String(decoding: problem.json, as: UTF8.self)
    }

    @Test func haveOneAnswer() async throws {
        var answers: Set<String> = []
        let resolver = ScriptedResolver(Self.names)
        for host in ["nowhere.example"] + Self.names.keys.sorted() + ["10.0.0.1", "[::1]", "93.184.216.34"] {
            let problem = try #require(try await Self.problem("http://\(host)/a.jpg", resolver))
            answers.insert(Self.text(problem))
            #expect(problem.cause?.isEmpty == false)
        }
        let silent = try #require(try await Self.problem("http://nowhere.example/a.jpg", SilentResolver()))
        answers.insert(Self.text(silent))
        #expect(answers.count == 1, "\(answers)")
        #expect(answers.allSatisfy { $0.hasPrefix("403 ") && !$0.contains("example") })
    }

    @Test(arguments: ["nowhere.example", "inside.example"])
    func areNotRefusedEarly(_ host: String) async throws {
        var options = FetchOptions.untimed
        options.isEnabled = true
        options.refusalTime = FetchOptions.defaultRefusalTime
        let fetcher = PictureFetcher(options, resolver: ScriptedResolver(Self.names)) { _, _, _, _ in .picture([]) }
        let start = ContinuousClock.now
        await #expect(throws: FetchError.self) { try await fetcher.fetch("http://\(host)/") }
        #expect(ContinuousClock.now - start >= FetchOptions.defaultRefusalTime)
    }
}
