import ArgumentParser
import Foundation
import Sosia

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the collection holds.")

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let store: String
        let pictures: Int
        let vacant: Int
        let model: ModelIdentity
        let bytes: [String: Int64]
        let indexes: [Index]
        /// Missing when there are none.
        let rasters: [RasterOutput]?

        struct Index: Encodable {
            let kind: String
            let rows: Int
            let bytes: Int64
            let calibration: IndexCalibration?

            init(_ status: IndexStatus) {
                kind = status.kind
                rows = status.rows
                bytes = status.bytes
                calibration = status.calibration
            }
        }
    }

    func run() async throws {
        let status = try await Store(opening: store.resolved).status()
        if store.json {
            return try Console.json(
                Output(
                    store: status.path, pictures: status.pictures, vacant: status.vacant, model: status.model,
                    bytes: ["catalog": status.catalogBytes, "vectors": status.vectorBytes],
                    indexes: status.indexes.map(Output.Index.init),
                    rasters: status.containers.isEmpty ? nil : status.containers.map { RasterOutput($0, in: status) }))
        }
        print("store", Console.printable(status.path), separator: "\t")
        print("pictures", status.pictures, separator: "\t")
        if status.lost > 0 {
            print("lost", "\(status.lost) pictures wait for their files to be added", separator: "\t")
        }
        print("model", Console.printable("\(status.model)"), separator: "\t")
        let vacant = status.vacant > 0 ? ", \(status.vacant) rows vacant (`sosia compact`)" : ""
        print("vectors", Console.size(status.vectorBytes) + vacant, separator: "\t")
        print("catalog", Console.size(status.catalogBytes), separator: "\t")
        let rows = status.pictures + status.vacant
        for index in status.indexes {
            let covers = "\(index.kind), \(index.rows) of \(rows) rows"
            print("index", "\(covers), \(Console.size(index.bytes))", separator: "\t")
            index.calibration.map(show)
        }
        if status.indexes.isEmpty { print("index", "none, every vector is scanned", separator: "\t") }
        for container in status.containers { RasterOutput(container, in: status).print() }
    }

    /// The measured cost of recall, one line a choice of settings.
    private func show(_ calibration: IndexCalibration) {
        for entry in calibration.entries {
            let settings = entry.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            let line = String(
                format: "recall@%d %.4f: %.3f ms a query", IndexCalibration.k, entry.recall, entry.milliseconds)
            print("", settings.isEmpty ? line : "\(line) (\(settings.joined(separator: ", ")))", separator: "\t")
        }
        print("", String(format: "exact: %.3f ms a query", calibration.exactMilliseconds), separator: "\t")
    }
}
