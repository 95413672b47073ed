import ArgumentParser
import Sosia

struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Reclaim the space of removed pictures.")

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let pictures: Int
        let bytesBefore: Int64
        let bytesAfter: Int64

        private enum CodingKeys: String, CodingKey {
            case pictures
            case bytesBefore = "bytes_before"
            case bytesAfter = "bytes_after"
        }
    }

    func run() async throws {
        let collection = try await store.open(writable: true)
        let report = try await collection.compact()
        if let error = report.ledgerError { Console.error("the catalog kept its size: \(error)") }
        try await collection.prepareIndexes()
        if store.json {
            return try Console.json(
                Output(pictures: report.pictures, bytesBefore: report.bytesBefore, bytesAfter: report.bytesAfter))
        }
        Console.print(
            "\(report.pictures) pictures, \(Console.size(report.bytesBefore)) -> \(Console.size(report.bytesAfter))")
    }
}
