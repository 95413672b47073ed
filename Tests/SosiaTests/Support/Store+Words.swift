@testable import Sosia
import SosiaCore

extension Store {
    /// The files that tiles were cut from.
    func tileContainers() async throws -> [TileContainer] { try await countedContainers().map(\.container) }
}

extension ImageRecord {
    /// The sources as they are printed on this machine.
    var places: [String] { sources.map { $0.text(on: .host) } }
}
