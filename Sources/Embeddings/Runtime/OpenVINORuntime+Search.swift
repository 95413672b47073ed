package import Foundation

extension OpenVINORuntime {
    /// The runtime that this machine has, in this order: the folder `$SOSIA_OPENVINO` (then only that one), the
    /// executable's folder and `../lib`, `.deps/openvino` in a folder above the executable or the working directory,
    /// the system's library path.
    /// - Throws: ``EmbeddingError/runtimeMissing(searched:)``, ``EmbeddingError/runtimeUnusable(path:reason:)``.
    package static func standard(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL
    ) throws(EmbeddingError) -> OpenVINORuntime {
        let named = environment["SOSIA_OPENVINO"].flatMap { $0.isEmpty ? nil : $0 }
        let folders = named.map { [URL(fileURLWithPath: $0)] } ?? Self.folders(executable: executable)
        for folder in folders {
            if let library = library(in: folder) { return try OpenVINORuntime(library: library.path) }
        }
        let searched = folders.map(\.path)
        guard named == nil else { throw .runtimeMissing(searched: searched) }
        for name in systemNames {
            if let runtime = try? OpenVINORuntime(library: name) { return runtime }
        }
        throw .runtimeMissing(searched: searched + systemNames)
    }

    private static let systemNames = ["libopenvino_c.so", "libopenvino_c.dylib"]

    private static func folders(executable: URL?) -> [URL] {
        var folders: [URL] = []
        if let folder = executable?.resolvingSymlinksInPath().deletingLastPathComponent() {
            folders += [folder, folder.deletingLastPathComponent().appendingPathComponent("lib")]
        }
        return folders + DependencyFolder.candidates("openvino", executable: executable)
    }

    /// The wheel's library has a version behind its name and no link without one.
    private static func library(in folder: URL) -> URL? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let fitting = names.filter { name in
            systemNames.contains { name == $0 || name.hasPrefix($0 + ".") }
                || name.hasPrefix("libopenvino_c.") && name.hasSuffix(".dylib")
        }
        return fitting.max { $0.utf8.count == $1.utf8.count ? $0 < $1 : $0.utf8.count < $1.utf8.count }
            .map { folder.appendingPathComponent($0).resolvingSymlinksInPath() }
    }
}

/// Where the set-up scripts put what the package needs at run time: `.deps` in the package's folder.
enum DependencyFolder {
    /// `.deps/name` in each folder above the executable, then in the working directory and each folder above it.
    static func candidates(_ name: String, executable: URL?) -> [URL] {
        let working = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        let starts = [executable?.resolvingSymlinksInPath().deletingLastPathComponent(), working]
        var seen: Set<String> = []
        return starts.compactMap { $0 }.flatMap(ancestors)
            .map { $0.appendingPathComponent(".deps").appendingPathComponent(name) }
            .filter { seen.insert($0.path).inserted }
    }

    private static func ancestors(_ folder: URL) -> [URL] {
        var folders = [folder]
        while let last = folders.last, last.path != "/", folders.count < 40 {
            folders.append(last.deletingLastPathComponent())
        }
        return folders
    }
}
