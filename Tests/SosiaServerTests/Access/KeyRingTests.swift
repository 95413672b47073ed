import Foundation
import Testing

@testable import SosiaServer

struct KeyRingTests {
    @Test func aKeyOpensWhatItsScopesSay() throws {
        var ring = KeyRing()
        let reader = try ring.add(name: "reader", scopes: [.read])
        let writer = try ring.add(name: "writer", scopes: [.read, .write])
        #expect(try ring.record(for: reader, allowing: .read).name == "reader")
        #expect(try ring.record(for: writer, allowing: .write).name == "writer")
        #expect(throws: AccessError.missingScope(.write)) { try ring.record(for: reader, allowing: .write) }
        try ring.remove(name: "reader")
        #expect(throws: AccessError.unknownKey) { try ring.record(for: reader, allowing: .read) }
        #expect(try ring.record(for: writer, allowing: .read).name == "writer")
    }

    @Test func keysAreRandomAndLong() throws {
        let keys = (0..<100).map { _ in APIKey().text }
        #expect(Set(keys).count == keys.count)
        for key in keys {
            #expect(key.hasPrefix("sosia_"))
            // 32 bytes are 43 characters of base64url.
            #expect(key.count == 6 + 43)
            #expect(key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
        }
    }

    @Test(arguments: ["", "sosia_", "x", " ", "sosia_" + String(repeating: "A", count: 43)])
    func whatIsNotAKeyOpensNothing(_ text: String) throws {
        var ring = KeyRing()
        let key = try ring.add(name: "one", scopes: [.read])
        for text in [text, key.text + "x", String(key.text.dropLast()), key.text.lowercased(), key.text + "\0"] {
            #expect(throws: AccessError.unknownKey) { try ring.record(for: APIKey(text: text), allowing: .read) }
        }
        #expect(throws: AccessError.unknownKey) { try KeyRing().record(for: key, allowing: .read) }
    }

    @Test func namesAreChecked() throws {
        var ring = KeyRing()
        _ = try ring.add(name: "Büro 2-b_c.d", scopes: [.read])
        #expect(throws: KeyFileError.nameTaken("Büro 2-b_c.d")) { try ring.add(name: "Büro 2-b_c.d", scopes: [.read]) }
        for name in ["", " a", "a ", "a\nb", "a/b", "\u{1b}[2J", String(repeating: "a", count: 65)] {
            #expect(throws: KeyFileError.unusableName(name)) { try ring.add(name: name, scopes: [.read]) }
        }
        #expect(throws: KeyFileError.noScopes("none")) { try ring.add(name: "none", scopes: []) }
        #expect(throws: KeyFileError.unknownName("other")) { try ring.remove(name: "other") }
        #expect(ring.records.count == 1)
    }

    @Test func headersAreRead() throws {
        #expect(try APIKey(authorization: "Bearer k1", xAPIKey: nil).text == "k1")
        #expect(try APIKey(authorization: "bearer  k1", xAPIKey: nil).text == "k1")
        #expect(try APIKey(authorization: nil, xAPIKey: "k2").text == "k2")
        #expect(try APIKey(authorization: "Bearer k", xAPIKey: "k").text == "k")
        #expect(throws: AccessError.missingKey) { try APIKey(authorization: nil, xAPIKey: nil) }
        #expect(throws: AccessError.missingKey) { try APIKey(authorization: nil, xAPIKey: "") }
        #expect(throws: AccessError.twoKeys) { try APIKey(authorization: "Bearer a", xAPIKey: "b") }
        for header in ["", "Bearer", "Bearer ", "Basic YTpi", "k1", "Token k1"] {
            #expect(throws: AccessError.malformedHeader, "\(header)") {
                try APIKey(authorization: header, xAPIKey: nil)
            }
        }
    }
}
