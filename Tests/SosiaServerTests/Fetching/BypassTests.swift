import Foundation
import Synchronization
import Testing

@testable import SosiaServer

/// Ways around a check of addresses: `Attacks/urls.json` has the URLs, why each is refused, and the names that they need.
/// No connection is made in any of them.
struct BypassTests {
    enum Refusal: Hashable, Sendable {
        case url(URLFlaw)
        case address(AddressKind)
        case noName
    }

    private struct Attacks: Decodable {
        let names: [String: [String]]
        /// Why it is refused, and the URL.
        let urls: [[String]]
    }

    private static let attacks: Attacks? = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Attacks/urls.json")
        return try? JSONDecoder().decode(Attacks.self, from: Data(contentsOf: file))
    }()

    static let bypasses: [(String, Refusal)] =
        (attacks?.urls ?? []).compactMap { attack in refusal(attack[0]).map { (attack[1], $0) } }
        + [("http://example.com/" + String(repeating: "a", count: 3_000), .url(.tooLong(maximum: 2_048)))]

    private static func refusal(_ text: String) -> Refusal? {
        let parts = text.split(separator: ":").map(String.init)
        switch parts.first {
        case "address": return AddressKind.allCases.first { "\($0)" == parts[1] }.map { .address($0) }
        case "url":
            let flaws: [String: URLFlaw] = [
                "address": .address, "character": .character, "host": .host, "noHost": .noHost,
                "numericHost": .numericHost, "port": .port, "scheme": .scheme, "userInfo": .userInfo, "zone": .zone,
            ]
            return flaws[parts[1]].map { .url($0) }
        default: return text == "noName" ? .noName : nil
        }
    }

    /// The addresses that were connected to.
    private final class Journal: Sendable {
        private let addresses = Mutex<[IPAddress]>([])

        var all: [IPAddress] { addresses.withLock { $0 } }

        func note(_ address: IPAddress) { addresses.withLock { $0.append(address) } }
    }

    private static let publicAddress = "93.184.216.34"

    /// Connects to nothing, and notes where it was to connect.
    /// - Parameters:
    ///   - names: besides those of the attacks; each lookup gets the next answer.
    ///   - redirect: where the first request is sent on to.
    private static func fetcher(
        _ journal: Journal, names: [String: [[String]]] = [:], redirect: String? = nil
    ) -> PictureFetcher {
        var options = FetchOptions.untimed
        options.isEnabled = true
        let known = (attacks?.names ?? [:]).mapValues { [$0] }.merging(names) { $1 }
        return PictureFetcher(options, resolver: ScriptedResolver(known)) { _, _, address, _ in
            let isFirst = journal.all.isEmpty
            journal.note(address)
            return if isFirst, let redirect { .redirect(location: redirect) } else { .picture([]) }
        }
    }

    @Test(arguments: bypasses)
    func isRefused(_ url: String, _ reason: Refusal) async throws {
        let journal = Journal()
        do {
            _ = try await Self.fetcher(journal).fetch(url)
            Issue.record("\(url) was fetched")
        } catch let error as FetchError {
            switch error {
            case .invalidURL(let flaw): #expect(reason == .url(flaw))
            case .forbiddenAddress(_, let kind): #expect(reason == .address(kind))
            case .nameNotFound: #expect(reason == .noName)
            default: Issue.record("\(url): \(error)")
            }
        }
        #expect(journal.all.isEmpty)
    }

    /// Sent on to each of them, the fetcher connects to nobody but who sent it. A text that names no host is a path there.
    @Test(arguments: bypasses)
    func isRefusedBehindARedirect(_ location: String, _ reason: Refusal) async throws {
        let host = "pictures.example"
        let journal = Journal()
        let fetcher = Self.fetcher(journal, names: [host: [[Self.publicAddress]]], redirect: location)
        let picture = try? await fetcher.fetch("http://\(host)/")
        let sender = try #require(IPAddress(Self.publicAddress))
        #expect(journal.all.allSatisfy { $0 == sender })
        switch reason {
        case .address, .noName:
            #expect(picture == nil)
            #expect(journal.all.count == 1)
        case .url: #expect(picture.map { $0.url.host == .name(host) } ?? true)
        }
    }

    @Test func thereAreEnough() {
        #expect(Self.bypasses.count == (Self.attacks?.urls.count ?? 0) + 1)
        #expect(Set(Self.bypasses.map(\.0)).count >= 400)
        // Every kind of address but that of a list is among them.
        let kinds = Self.bypasses.compactMap { if case .address(let kind) = $0.1 { kind } else { nil } }
        #expect(Set(kinds) == Set(AddressKind.allCases).subtracting([.notListed]))
    }

    /// A name that is public when it is checked, and something else when it is looked up again.
    @Test(arguments: [
        "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "::1", "fd00::1", "fe80::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00:ec2::254", "224.0.0.1", "255.255.255.255",
    ])
    func rebinding(_ inside: String) async throws {
        let host = "rebound.example"
        let journal = Journal()
        let names = [host: [[Self.publicAddress], [inside]]]
        let sender = try #require(IPAddress(Self.publicAddress))
        // Within one request there is one lookup.
        _ = try await Self.fetcher(journal, names: names).fetch("http://\(host)/")
        #expect(journal.all == [sender])
        // A redirect to the same name is another request.
        let again = Journal()
        let fetcher = Self.fetcher(again, names: names, redirect: "/again")
        let error = await #expect(throws: FetchError.self) { try await fetcher.fetch("http://\(host)/") }
        guard case .forbiddenAddress? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(again.all == [sender])
        // Together with a public address it is refused as well.
        let mixed = Journal()
        for addresses in [[Self.publicAddress, inside], [inside, Self.publicAddress]] {
            await #expect(throws: FetchError.self) {
                try await Self.fetcher(mixed, names: [host: [addresses]]).fetch("http://\(host)/")
            }
        }
        #expect(mixed.all.isEmpty)
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
