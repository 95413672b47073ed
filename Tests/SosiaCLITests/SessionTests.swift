import Foundation
import ObjectStores
import SessionSupport
import Sosia
import Synchronization
import Testing

@testable import SosiaCLI

/// One session of the command line on each engine, within this process: what people are told depends on the engine only
/// where its abilities do.
struct SessionTests {
    @Test func anyEngineAnswersAlike() async throws {
        let embedded = try await CommandSession.run(on: .embedded)
        let memory = try await CommandSession.run(on: .memory)
        let text = Transcript.merged(embedded: embedded, memory: memory) { difference in
            Issue.record("engines may not differ here: \(difference)")
        }
        try Golden.check(text, "session.txt")
    }
}

extension SosiaCommand {
    /// Runs a command in this process.
    /// - Returns: how it ended, and what it printed on both streams.
    static func captured(
        _ arguments: [String], _ opener: CollectionOpener = .standard
    ) async -> (status: SosiaCLI.ExitStatus, text: String) {
        let text = Mutex("")
        let write: @Sendable (String) -> Void = { part in text.withLock { $0 += part } }
        let status = await Console.$streams.withValue(Console.Streams(output: write, errors: write)) {
            await CollectionOpener.$current.withValue(opener) {
                await NetworkLoader.$current.withValue(.only(GridEmbedder())) { await run(arguments) }
            }
        }
        return (status, text.withLock(\.self))
    }
}

/// Runs commands on an engine of its own and writes down what they print.
private struct CommandSession {
    let folder: Folder
    let opener: CollectionOpener
    var transcript = Transcript()

    private var photos: String { folder.path + "/photos" }

    init(_ engine: SessionEngine) throws {
        let folder = try Folder()
        self.folder = folder
        switch engine {
        case .embedded: opener = .standard
        case .memory: opener = MemoryCollections { FolderObjectStore(path: folder.path + "/objects") }.opener
        }
    }

    static func run(on engine: SessionEngine) async throws -> Transcript {
        var session = try CommandSession(engine)
        try await session.run()
        return session.transcript
    }

    private mutating func run() async throws {
        await run("search", "id:1")
        await run("add", photos)
        for number in 0..<4 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        try folder.write(Array("no".utf8), to: "photos/bad.jpg")
        await run("add", photos, "--set", "shop=A", "--set", "price=2.5")
        try remove("bad.jpg")
        await run("add", photos)
        await run("add", photos, "--model", "other")

        await run("search", photos + "/1.jpg", "-k", "2")
        await run("search", "id:1", "--exact", "--json")
        await run("search", "id:1", "--index", "flat")
        await run("search", "id:1", "--index", "none", "--exact")
        await run("search", photos + "/1.jpg", "+", "2:id:3", "-", "id:4")
        await run("search", "id:1", "--region", "0,0,16,16", "-k", "1")
        await run("search", photos + "/0.jpg", "--max-distance", "0.001")
        await run("search", "id:99")
        await run("search", "id:1", "-", "id:1")
        await run("show", "2")
        await run("show", "2", "--json")
        await run("show", "99")

        // What is known, moved, changed and seen twice.
        try move("1.jpg", to: "moved.jpg")
        try folder.write(picture(10), to: "photos/0.jpg")
        try folder.write(picture(2), to: "photos/twice.jpg")
        await run("add", photos, "--set", "shop=B")
        await run("show", "1")
        await run("show", "2")
        await run("show", "3")
        await run("search", "id:2", "--where", "shop = 'B' AND price < 3", "--json", ability: "filters")
        await run("add", photos, "--set", #"note="a\u0000b""#)

        // Files of another machine are its own: nobody else can tell that they are gone.
        try folder.write(picture(20), to: "disk/20.jpg")
        await run("add", folder.path + "/disk", "--machine", "attic")
        await run("search", "id:2", "-k", "5")
        try FileManager.default.removeItem(atPath: folder.path + "/disk")
        await run("remove", folder.path + "/disk")
        await run("add", folder.path, "--prune")
        await run("search", "id:2", "-k", "5", "--machine", "attic")
        await run("show", "5")
        await run("show", "5", "--machine", "attic")
        await run("remove", folder.path + "/disk/20.jpg", "--machine", "attic")

        try remove("moved.jpg")
        try remove("3.jpg")
        await run("add", photos, "--prune")
        await run("add", photos, "--prune", "--force")

        // A file of tiny images.
        let records = (0..<3).flatMap { number in [UInt8](repeating: UInt8(40 * number + 30), count: 3_072) }
        try folder.write(records, to: "tiny.bin")
        await run("add", "--tiny", folder.path + "/tiny.bin")
        await run("add", "--tiny", folder.path + "/tiny.bin")
        await run("search", "id:1", "-k", "3")
        await run("search", "id:1", "-k", "1", "--where", "format = 'tiny'", "--json", ability: "filters")
        await run("search", "id:1", "-k", "2", "--geojson", "-")
        await run("mosaic", "1", "3", "99", "-o", folder.path + "/mosaic.png", "--label", "shop")

        await run("remove", "3", "77", folder.path + "/nowhere")
        await run("status", ability: "what an engine can do")
        await run("status", "--json", ability: "what an engine can do")
        await run("verify")
        await run("verify", "--json")
        await run("compact", ability: "the bytes that it takes")
        await run("verify", "--repair")
        await run("search", "id:1", "--approximate", "--json", ability: "indexes")
        await run("remove", folder.path + "/tiny.bin", photos)
        await run("status", ability: "what an engine can do")
        await run("status", "--store", "postgres://sosia:hunter2@host/photos")
    }

    private mutating func run(_ arguments: String..., ability: String? = nil) async {
        let all = arguments.contains("--store") ? arguments : arguments + ["--store", folder.path + "/a.sosia"]
        let (status, text) = await SosiaCommand.captured(all, opener)
        transcript.steps.append(
            Transcript.Step(
                plain("$ sosia \(arguments.joined(separator: " "))"), answer: "-> \(status.rawValue)\n" + plain(text),
                ability: ability))
    }

    /// Without what differs from run to run.
    private func plain(_ text: String) -> String {
        text.replacing("file://\(MachineName.host)/", with: "file://HOST/")
            .replacing(folder.path, with: "FOLDER")
            .replacing(/"(decode|embed|search|total|took_ms)":[0-9.eE+-]+/) { "\"\($0.output.1)\":0" }
            .replacing(/"distance":([0-9.eE+-]+)/) { match in
                "\"distance\":" + (Double(match.output.1).map { String(format: "%.4f", $0) } ?? "")
            }
            .replacing(/"(catalog|vectors|bytes_before|bytes_after)":[0-9]+/) { "\"\($0.output.1)\":0" }
            .replacing(#/ in [0-9.]+ s\n/#) { _ in " in 0.0 s\n" }
            .replacing(/(catalog|vectors)\t[0-9.]+ k?B/) { "\($0.output.1)\t0 B" }
            .replacing(/pictures, [0-9.]+ k?B -> [0-9.]+ k?B/) { _ in "pictures, 0 B -> 0 B" }
    }

    private func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: photos + "/" + name, toPath: photos + "/" + other)
    }

    private func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: photos + "/" + name)
    }
}
