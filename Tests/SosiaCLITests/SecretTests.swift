import Foundation
import Sosia
import Testing

@testable import SosiaCLI

/// A password that is part of an address is shown nowhere.
struct SecretTests {
    private static let address = "postgres://sosia:hunter2@host/photos"

    @Test(arguments: [
        ["status"], ["status", "--json"], ["search", "id:1"], ["show", "1"], ["remove", "1"], ["verify", "--repair"],
        ["compact"], ["mosaic", "1", "-o", "/tmp/none.png"], ["report", "id:1", "--html", "/tmp/none.html"],
        ["add", #filePath], ["serve", "--port", "0"],
    ])
    func commandsRefuseAnAddressWithoutItsPassword(_ arguments: [String]) async {
        let (status, text) = await SosiaCommand.captured(arguments + ["--store", Self.address])
        #expect(status == .failed)
        #expect(text.contains("collections cannot be opened by postgres://"))
        #expect(!text.contains("hunter2"))
    }

    /// Whoever mistypes an option sees the address again, but not the password.
    @Test(arguments: [
        ["status", address], ["search", address], ["search", address, "id:1"], ["status", "--stor", address],
        ["add", address], ["dance", address],
    ])
    func mistakesDoNotRepeatAPassword(_ arguments: [String]) async {
        let (status, text) = await SosiaCommand.captured(arguments)
        #expect(status != .done)
        #expect(!text.contains("hunter2"))
    }

    @Test func theEnvironmentMayNameAnAddress() throws {
        let result = try Sosia().run("status", environment: ["SOSIA_STORE": Self.address])
        #expect(result.status == 1)
        #expect(result.errors.contains("postgres://"))
        #expect(!(result.output + result.errors).contains("hunter2"))
    }
}
