import ArgumentParser
import Foundation
import Sosia
import SosiaCore

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the collection holds.")

    @OptionGroup var store: StoreOptions

    private struct Output: Encodable {
        let store: String
        let pictures: Int
        let vacant: Int
        let model: ModelIdentity
        let abilities: EngineAbilities
        let bytes: [String: Int64]
        let indexes: [Index]
        /// Missing when there are none.
        let rasters: [RasterOutput]?
        /// Patterns of what is passed over; missing when there are none.
        let exclude: [String]?

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
        let status = try await store.open().status()
        let rasters = status.containers.map { RasterOutput($0, on: status.machine) }
        let (engine, path) = (status.engine, status.address?.description ?? "")
        if store.json {
            return try Console.json(
                Output(
                    store: path, pictures: engine.pictures, vacant: engine.vacant, model: status.model,
                    abilities: status.abilities, bytes: ["catalog": engine.ledgerBytes, "vectors": engine.vectorBytes],
                    indexes: engine.indexes.map(Output.Index.init),
                    rasters: rasters.isEmpty ? nil : rasters,
                    exclude: status.exclusions.isEmpty ? nil : status.exclusions))
        }
        Console.print("store", Console.printable(path), separator: "\t")
        Console.print("pictures", engine.pictures, separator: "\t")
        if engine.lost > 0 {
            Console.print("lost", "\(engine.lost) pictures wait for their files to be added", separator: "\t")
        }
        Console.print("model", Console.printable("\(status.model)"), separator: "\t")
        let abilities = AbilitiesText(status.abilities)
        Console.print("engine", abilities.promises, separator: "\t")
        Console.print("limits", abilities.limits, separator: "\t")
        let vacant = engine.vacant > 0 ? ", \(engine.vacant) rows vacant (`sosia compact`)" : ""
        Console.print("vectors", Console.size(engine.vectorBytes) + vacant, separator: "\t")
        Console.print("catalog", Console.size(engine.ledgerBytes), separator: "\t")
        let rows = engine.pictures + engine.vacant
        for index in engine.indexes {
            let covers = "\(index.kind), \(index.rows) of \(rows) rows"
            Console.print("index", "\(covers), \(Console.size(index.bytes))", separator: "\t")
            index.calibration.map(show)
        }
        if engine.indexes.isEmpty { Console.print("index", "none, every vector is scanned", separator: "\t") }
        for raster in rasters { raster.print() }
        for pattern in status.exclusions {
            Console.print("exclude", Console.printable(Console.oneLine(pattern)), separator: "\t")
        }
    }

    /// The measured cost of recall, one line a choice of settings.
    private func show(_ calibration: IndexCalibration) {
        for entry in calibration.entries {
            let settings = entry.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            let line = String(
                format: "recall@%d %.4f: %.3f ms a query", IndexCalibration.k, entry.recall, entry.milliseconds)
            Console.print(
                "", settings.isEmpty ? line : "\(line) (\(settings.joined(separator: ", ")))", separator: "\t")
        }
        Console.print("", String(format: "exact: %.3f ms a query", calibration.exactMilliseconds), separator: "\t")
    }
}
