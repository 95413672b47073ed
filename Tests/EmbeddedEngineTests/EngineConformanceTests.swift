import Catalog
import EmbeddedEngine
import EngineConformance
import Foundation
import SosiaCore
import Testing

/// The embedded engine keeps the promises of every engine.
struct EngineConformanceTests {
    @Test(arguments: EngineConformance.checks)
    func embeddedEngineKeepsItsPromises(_ check: EngineConformance.Check) async throws {
        guard check.isFor(EmbeddedEngine.abilities()) else { return }
        let host = EmbeddedHost()
        defer { host.removeFolder() }
        try await check.run(on: host)
    }
}

/// Makes collections in a folder of its own.
actor EmbeddedHost: ConformanceHost {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString)")
    private var number = 0
    private var engine: EmbeddedEngine?

    private var path: String { folder.appendingPathComponent("\(number).sosia").path }

    nonisolated func removeFolder() { try? FileManager.default.removeItem(at: folder) }

    func create(_ description: CollectionDescription) async throws -> any CollectionEngine {
        number += 1
        let engine = try await EmbeddedEngine.create(path: path, description)
        self.engine = engine
        return engine
    }

    func open(_ access: CollectionAccess) async throws -> (any CollectionEngine)? {
        try await EmbeddedEngine.open(path: path, access: access, machine: EngineConformance.machine)
    }

    /// Turns over one bit of the first value that the picture's vector has in the file, behind the header of 64 bytes.
    func damageVector(of id: ImageID) async throws -> (any CollectionEngine)? {
        let catalog = try Catalog(path: path + "/catalog.sqlite", access: .read, machine: EngineConformance.machine)
        guard let engine, let slot = try catalog.slot(of: id) else { return nil }
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/vectors.f32"))
        defer { try? handle.close() }
        let offset = UInt64(64 + slot * engine.model.dimension * MemoryLayout<Float>.size)
        try handle.seek(toOffset: offset)
        guard let byte = try handle.read(upToCount: 1)?.first else { return nil }
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: [byte ^ 1])
        // It maps the file, and so sees what is there now.
        return engine
    }

    /// In a copy, since SQLite keeps pages of a file that it has open.
    func damageRecord(containing text: String) async throws -> (any CollectionEngine)? {
        let original = path
        number += 1
        try FileManager.default.copyItem(atPath: original, toPath: path)
        let catalog = URL(fileURLWithPath: path + "/catalog.sqlite")
        var bytes = try Data(contentsOf: catalog)
        // Beside the record there may be earlier copies of it in unused space.
        while let found = bytes.range(of: Data(text.utf8)) { bytes[found.lowerBound + 2] ^= 4 }
        try bytes.write(to: catalog)
        return try await open(.repair)
    }

    func takeAway() throws -> Bool {
        try FileManager.default.removeItem(atPath: path)
        return true
    }
}
