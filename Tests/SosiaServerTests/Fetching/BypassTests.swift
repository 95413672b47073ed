import Testing

@testable import SosiaServer

/// Ways around a check of addresses. No connection is made in any of them.
struct BypassTests {
    static let names = ScriptedResolver([
        "localhost": [["127.0.0.1"]], "localhost.localdomain": [["127.0.0.1"]], "ip6-localhost": [["::1"]],
        "127.0.0.1.nip.io": [["127.0.0.1"]], "spoofed.example": [["10.0.0.1"]], "v6.example": [["fc00::1"]],
        "mapped.example": [["::ffff:127.0.0.1"]], "zero.example": [["0.0.0.0"]],
        "mixed.example": [["93.184.216.34", "192.168.1.1"]], "mixed6.example": [["2606:2800:220:1::1", "::1"]],
        "metadata.google.internal": [["169.254.169.254"]], "wire.example": [["168.63.129.16"]],
        "nat64.example": [["64:ff9b::c0a8:1"]], "a-.example": [["127.0.0.1"]],
    ])

    enum Refusal: Hashable, Sendable {
        case url(URLFlaw)
        case address(AddressKind)
        case noName
    }

    static let bypasses: [(String, Refusal)] = [
        // Addresses in plain sight.
        ("http://127.0.0.1/", .address(.loopback)), ("http://127.8.9.10/", .address(.loopback)),
        ("http://0.0.0.0/", .address(.thisNetwork)), ("http://10.1.2.3/", .address(.privateNetwork)),
        ("http://172.31.255.254/", .address(.privateNetwork)), ("http://192.168.0.1/", .address(.privateNetwork)),
        ("http://169.254.169.254/latest/meta-data/", .address(.cloudMetadata)),
        ("http://169.254.170.2/v2/credentials", .address(.linkLocal)),
        ("http://100.100.100.200/", .address(.cloudMetadata)), ("http://100.64.0.1/", .address(.sharedSpace)),
        ("http://168.63.129.16/", .address(.cloudMetadata)), ("http://198.18.0.1/", .address(.benchmarking)),
        ("http://224.0.0.1/", .address(.multicast)), ("http://255.255.255.255/", .address(.broadcast)),
        ("http://127.0.0.1:8080/", .address(.loopback)), ("http://127.0.0.1:/", .address(.loopback)),
        ("http://127.0.0.1./", .address(.loopback)), ("HTTP://127.0.0.1/", .address(.loopback)),
        ("https://127.0.0.1/", .address(.loopback)), ("http://127.0.0.1?x=/", .address(.loopback)),
        ("http://127.0.0.1#@93.184.216.34/", .address(.loopback)),
        // Addresses as other readers of numbers see them.
        ("http://2130706433/", .url(.numericHost)), ("http://0x7f000001/", .url(.numericHost)),
        ("http://0X7F000001/", .url(.numericHost)), ("http://017700000001/", .url(.numericHost)),
        ("http://0177.1/", .url(.numericHost)), ("http://0x7f.1", .url(.numericHost)),
        ("http://0177.0.0.01/", .url(.numericHost)), ("http://127.1/", .url(.numericHost)),
        ("http://127.0.1/", .url(.numericHost)), ("http://0/", .url(.numericHost)),
        ("http://0x/", .url(.numericHost)), ("http://127.0.0.0x1/", .url(.numericHost)),
        ("http://0127.0.0.1/", .url(.numericHost)), ("http://127.0.0.256/", .url(.numericHost)),
        ("http://4294967297/", .url(.numericHost)), ("http://127.0.0.1.0/", .url(.numericHost)),
        ("http://2852039166./", .url(.numericHost)),
        // IPv6, and IPv4 within it.
        ("http://[::1]/", .address(.loopback)), ("http://[0:0:0:0:0:0:0:1]/", .address(.loopback)),
        ("http://[::]/", .address(.unspecified)), ("http://[::ffff:127.0.0.1]/", .address(.embedsIPv4)),
        ("http://[::FFFF:7f00:1]/", .address(.embedsIPv4)), ("http://[::127.0.0.1]/", .address(.embedsIPv4)),
        ("http://[::ffff:0:127.0.0.1]/", .address(.embedsIPv4)), ("http://[64:ff9b::7f00:1]/", .address(.loopback)),
        ("http://[64:ff9b:1::a00:1]/", .address(.embedsIPv4)), ("http://[2002:7f00:1::]/", .address(.embedsIPv4)),
        ("http://[2001:0:7f00:1::80ff:fffe]/", .address(.embedsIPv4)), ("http://[fe80::1]/", .address(.linkLocal)),
        ("http://[fd00:ec2::254]/", .address(.cloudMetadata)), ("http://[fc00::1]/", .address(.privateNetwork)),
        ("http://[fec0::1]/", .address(.privateNetwork)), ("http://[ff02::1]/", .address(.multicast)),
        ("http://[2001:db8::1]/", .address(.documentation)), ("http://[fe80::1%eth0]/", .url(.zone)),
        ("http://[fe80::1%25eth0]/", .url(.zone)), ("http://[::1%25]/", .url(.zone)),
        ("http://[127.0.0.1]/", .url(.address)), ("http://[::1/", .url(.address)), ("http://[::1]x/", .url(.address)),
        ("http://[]/", .url(.address)), ("http://[v1.fe80]/", .url(.address)), ("http://::1/", .url(.noHost)),
        // A host that only looks like another one.
        ("http://user@127.0.0.1/", .url(.userInfo)), ("http://93.184.216.34@127.0.0.1/", .url(.userInfo)),
        ("http://user:word@example.com/", .url(.userInfo)), ("http://@127.0.0.1/", .url(.userInfo)),
        ("http://127.0.0.1:80@example.com/", .url(.userInfo)), ("http://example.com\\@127.0.0.1/", .url(.character)),
        ("http://127.0.0.1\\.example.com/", .url(.character)), ("http://127%2e0%2e0%2e1/", .url(.host)),
        ("http://%31%32%37.0.0.1/", .url(.host)), ("http://%6c%6f%63alhost/", .url(.host)),
        ("http://127.0.0.1%00.example.com/", .url(.host)), ("http://127.0.0.1\u{0}.example.com/", .url(.character)),
        ("http://example.com\r\nHost: 127.0.0.1/", .url(.character)), ("http://127.0.0.1\t/", .url(.character)),
        (" http://127.0.0.1/", .url(.character)), ("http://１２７.０.０.１/", .url(.character)),
        ("http://①②⑦.0.0.1/", .url(.character)), ("http://127。0。0。1/", .url(.character)),
        ("http://٧٠.0.0.1/", .url(.character)), ("http://ⓛocalhost/", .url(.character)),
        ("http://127.0.0.1../", .url(.host)), ("http://.127.0.0.1/", .url(.host)), ("http://127..0.1/", .url(.host)),
        ("http://[::1].example.com/", .url(.address)), ("http://127.0.0.1,example.com/", .url(.host)),
        ("http:///127.0.0.1/", .url(.noHost)), ("http://", .url(.noHost)), ("http:/127.0.0.1/", .url(.noHost)),
        ("http:127.0.0.1", .url(.noHost)), ("http://:80/", .url(.noHost)),
        // Other protocols.
        ("file:///etc/passwd", .url(.scheme)), ("ftp://127.0.0.1/", .url(.scheme)),
        ("gopher://127.0.0.1:6379/_FLUSHALL", .url(.scheme)), ("dict://127.0.0.1:11211/stats", .url(.scheme)),
        ("data:image/png;base64,AAAA", .url(.scheme)), ("unix:///var/run/docker.sock", .url(.scheme)),
        ("http+unix://%2Fvar%2Frun%2Fdocker.sock/info", .url(.scheme)), ("//127.0.0.1/", .url(.scheme)),
        ("127.0.0.1", .url(.scheme)), ("", .url(.scheme)), ("javascript:alert(1)", .url(.scheme)),
        ("http://example.com:25/", .url(.port)), ("http://example.com:22/", .url(.port)),
        ("http://example.com:0/", .url(.port)), ("http://example.com:65536/", .url(.port)),
        ("http://example.com:65616/", .url(.port)), ("http://example.com:+80/", .url(.port)),
        ("http://example.com:80:80/", .url(.port)), ("http://example.com:８０/", .url(.character)),
        ("http://example.com/" + String(repeating: "a", count: 3_000), .url(.tooLong(maximum: 2_048))),
        // Names that lead to such addresses.
        ("http://localhost/", .address(.loopback)), ("http://LOCALHOST./", .address(.loopback)),
        ("http://localhost.localdomain/", .address(.loopback)), ("http://ip6-localhost/", .address(.loopback)),
        ("http://127.0.0.1.nip.io/", .address(.loopback)), ("http://spoofed.example/", .address(.privateNetwork)),
        ("http://v6.example/", .address(.privateNetwork)), ("http://mapped.example/", .address(.embedsIPv4)),
        ("http://zero.example/", .address(.thisNetwork)), ("http://mixed.example/", .address(.privateNetwork)),
        ("http://mixed6.example/", .address(.loopback)), ("http://nat64.example/", .address(.privateNetwork)),
        ("http://metadata.google.internal/", .address(.cloudMetadata)),
        ("http://wire.example/", .address(.cloudMetadata)),
        ("http://a-.example/", .address(.loopback)), ("http://nowhere.example/", .noName),
    ]

    @Test(arguments: bypasses)
    func isRefused(_ url: String, _ reason: Refusal) async throws {
        var options = FetchOptions()
        options.isEnabled = true
        let fetcher = PictureFetcher(options, policy: .publicOnly, resolver: Self.names)
        do {
            _ = try await fetcher.fetch(url)
            Issue.record("\(url) was fetched")
        } catch let error as FetchError {
            switch error {
            case .invalidURL(let flaw): #expect(reason == .url(flaw))
            case .forbiddenAddress(_, let kind): #expect(reason == .address(kind))
            case .nameNotFound: #expect(reason == .noName)
            default: Issue.record("\(url): \(error)")
            }
        }
    }

    @Test func thereAreEnough() {
        #expect(Set(Self.bypasses.map(\.0)).count >= 40)
    }

    @Test func nothingIsFetchedUnlessEnabled() async {
        await #expect(throws: FetchError.disabled) { try await PictureFetcher().fetch("http://example.com/a.jpg") }
    }

    /// Who asks must not learn where an internal name leads.
    @Test func errorsNameNoAddress() throws {
        let address = try #require(IPAddress("10.1.2.3"))
        #expect(!FetchError.forbiddenAddress(address, .privateNetwork).description.contains("10"))
    }
}
