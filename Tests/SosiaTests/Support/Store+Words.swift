import FileSystem
@testable import Sosia
import SosiaCore
import Testing

extension Store {
    /// The files that tiles were cut from.
    func tileContainers() async throws -> [TileContainer] { try await countedContainers().map(\.container) }

    /// Lets the ledger believe that a file was read as it is now.
    /// - Parameters:
    ///   - hash: of the bytes that the ledger has of it.
    ///   - device: on which it is said to have been.
    func renewStamp(of path: String, hash: ContentHash, device: UInt64? = nil) async throws {
        let now = ImageSource.Stamp(try FileStatus(path: path).stamp)
        let stamp = ImageSource.Stamp(
            size: now.size, modified: now.modified, changed: now.changed, inode: now.inode,
            device: device ?? now.device)
        let source = ImageSource(location: .file(path: path, machine: machine), stamp: stamp)
        let outcome = try await engine.commit(IngestUnit([IngestEntry(hash: hash, source: source, content: nil)]))
        guard case .touched = outcome.first else {
            Issue.record("\(outcome)")
            return
        }
    }
}

extension ImageRecord {
    /// The sources as they are printed on this machine.
    var places: [String] { sources.map { $0.text(on: .host) } }
}
