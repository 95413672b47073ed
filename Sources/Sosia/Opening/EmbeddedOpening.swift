import EmbeddedEngine
package import FileSystem
import Foundation
import ObjectStores
package import SosiaCore
import Workers

extension CollectionOpener {
    /// Folders are opened by the embedded engine; there is no other one yet. An engine that comes adds its scheme here.
    package static let standard = CollectionOpener(
        open: { address, access, options in
            try await EmbeddedCollection(path: path(of: address), options: options).open(access)
        },
        create: { address, description, options in
            try await EmbeddedCollection(path: path(of: address), options: options).create(description)
        },
        exists: { address in
            let path = try path(of: address)
            return try await EmbeddedCollection.disk.run { CollectionFiles(path).exist }
        },
        directory: { address, options in
            EmbeddedDirectory(folder: try path(of: address), machine: options.machine, memory: options.memory)
        })

    /// - Throws: ``StoreAddressError/unknownScheme(_:known:)``
    private static func path(of address: StoreAddress) throws(StoreAddressError) -> String {
        switch address.target {
        case .folder(let path): return path
        case .service(let scheme, _, _): throw .unknownScheme(scheme, known: ["the path of a folder"])
        }
    }
}

/// One folder with all that a collection is: the engine's files, the bytes of uploads, small pictures.
private struct EmbeddedCollection {
    /// Folders are looked at, renamed and deleted here.
    static let disk = CPUExecutor(label: "sosia.opening", width: 2)

    let path: String
    let options: CollectionOpener.Options

    func open(_ access: CollectionAccess) async throws -> OpenCollection {
        collection(
            on: try await EmbeddedEngine.open(
                path: path, access: access, machine: options.machine, options: engineOptions))
    }

    func create(_ description: CollectionDescription) async throws -> OpenCollection {
        collection(on: try await EmbeddedEngine.create(path: path, description, options: engineOptions))
    }

    private func collection(on engine: EmbeddedEngine) -> OpenCollection {
        let files = CollectionFiles(path)
        return OpenCollection(
            engine: engine, objects: FolderObjectStore(path: files.originals), thumbnails: files.thumbnails)
    }

    private var engineOptions: EmbeddedEngine.Options {
        var engineOptions = EmbeddedEngine.Options()
        engineOptions.memory = options.memory
        return engineOptions
    }
}

/// Collections as folders `NAME.sosia` of one folder.
package struct EmbeddedDirectory: CollectionDirectory {
    package static let ending = ".sosia"

    private let folder: String
    private let options: CollectionOpener.Options

    package init(folder: String, machine: MachineName = .host, memory: MemoryBudget? = nil) {
        self.folder = AbsolutePath.of(folder)
        options = CollectionOpener.Options(machine: machine, memory: memory)
    }

    package func names() async throws -> [String] {
        try await onDisk {
            try Folder.names(in: folder)
                .filter { $0.hasSuffix(Self.ending) && CollectionFiles(folder + "/" + $0).exist }
                .map { String($0.dropLast(Self.ending.count)) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }

    package func open(_ name: String, access: CollectionAccess) async throws -> OpenCollection {
        try await EmbeddedCollection(path: path(of: name), options: options).open(access)
    }

    package func create(_ name: String, _ description: CollectionDescription) async throws -> OpenCollection {
        try await EmbeddedCollection(path: path(of: name), options: options).create(description)
    }

    /// Renamed first, so that a crash in between leaves no half of it under its name.
    package func remove(_ name: String) async throws {
        let path = try path(of: name)
        let gone = "\(folder)/.\(name)-\(UUID().uuidString).removed"
        try await onDisk {
            do throws(FileError) {
                try DurableFile.rename(path, to: gone)
            } catch {
                guard error.isMissing else { throw error }
                throw StoreError.missing(path: path)
            }
            try? FileManager.default.removeItem(atPath: gone)
        }
    }

    /// A name is one part of a path, and not hidden.
    private func path(of name: String) throws(StoreError) -> String {
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else {
            throw .missing(path: folder + "/" + name)
        }
        return "\(folder)/\(name)\(Self.ending)"
    }

    private func onDisk<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await EmbeddedCollection.disk.run {
            do {
                return try body()
            } catch let error as FileError {
                throw StoreError.failed(path: folder, reason: error.reason)
            }
        }
    }
}
