import Foundation
import Testing

/// Holds the package against the picture in ARCHITECTURE.md.
struct ArrowTests {
    /// What each target may import: the arrows of the picture.
    static let arrows: [String: Set<String>] = [
        "FileSystem": ["SystemPackage"],
        "Workers": ["DequeModule"],
        "SosiaCore": [],
        "CKernels": [],
        "Kernels": ["CKernels", "SosiaCore"],
        "Indexes": ["Kernels", "FileSystem", "SosiaCore"],
        "CTurboJPEG": [],
        "CExif": [],
        "CPlatform": [],
        "Platform": [],
        "CImages": ["CPlatform", "CTurboJPEG", "CExif"],
        "Images": ["CImages", "FileSystem", "Platform", "SosiaCore", "DequeModule"],
        "CGDAL": ["CPlatform"],
        "Rasters": ["CGDAL", "FileSystem", "Platform", "SosiaCore"],
        "CArchives": ["CPlatform"],
        "TinyImages": ["CArchives", "Images", "Kernels", "FileSystem", "Platform", "SosiaCore"],
        "CReports": ["CPlatform"],
        "Reports": ["CReports", "FileSystem", "Images", "Platform", "SosiaCore"],
        "COpenVINO": ["CPlatform"],
        "Embeddings": ["COpenVINO", "FileSystem", "SosiaCore", "Crypto"],
        "Catalog": ["Kernels", "SosiaCore", "Crypto", "GRDB"],
        "EmbeddedEngine": [
            "Catalog", "FileSystem", "Indexes", "Kernels", "SosiaCore", "Workers", "SystemPackage",
        ],
        "Sosia": [
            "SosiaCore", "Images", "Rasters", "TinyImages", "Embeddings", "FileSystem", "Workers", "ObjectStores",
            "EmbeddedEngine", "Crypto", "SystemPackage",
        ],
        "ObjectStores": ["FileSystem", "SosiaCore", "Workers", "Crypto", "SystemPackage"],
        "CatalogedEngine": ["SosiaCore"],
        "EngineConformance": ["SosiaCore"],
        "SosiaServer": [
            "Sosia", "FileSystem", "SosiaCore", "Workers", "AsyncHTTPClient", "Crypto", "DequeModule", "HTTPTypes",
            "Hummingbird", "HummingbirdCore", "Logging", "Metrics", "NIOCore", "NIOSSL",
            "ServiceLifecycle", "UnixSignals",
        ],
        "SosiaCLI": [
            "Sosia", "SosiaServer", "Reports", "TinyImages", "FileSystem", "SosiaCore", "ArgumentParser", "Rainbow",
        ],
        "TestSupport": ["Images", "SosiaCore"],
        "SessionSupport": ["EngineConformance", "Sosia", "SosiaCore"],
        "CSystemCalls": [],
        "DiskModel": ["SosiaCore"],
        "PowerCut": ["CSystemCalls", "DiskModel", "FileSystem", "SessionSupport", "Sosia", "SosiaCore", "TestSupport"],
    ]

    struct Description: Decodable {
        struct Target: Decodable {
            let name: String
            let type: String
            let target_dependencies: [String]?
            let product_dependencies: [String]?
        }

        let targets: [Target]
    }

    static func describe() throws -> Description {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A scratch path of its own, because the test run holds the lock of the usual one.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("describe-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        process.arguments = [
            "swift", "package", "--package-path", Tree.root.path, "--scratch-path", scratch.path, "describe",
            "--type", "json",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(Description.self, from: data)
    }

    @Test func everyArrowIsDrawn() throws {
        for target in try Self.describe().targets where target.type != "test" {
            guard let allowed = Self.arrows[target.name] else {
                Issue.record("the target \(target.name) is not in the picture")
                continue
            }
            let imports = Set((target.target_dependencies ?? []) + (target.product_dependencies ?? []))
            #expect(imports.subtracting(allowed).isEmpty, "\(target.name) has arrows that are not drawn")
            #expect(allowed.subtracting(imports).isEmpty, "\(target.name) has lost arrows that are drawn")
        }
    }

    @Test func filesImportOnlyWhatTheirTargetMay() throws {
        let own = Set(Self.arrows.keys)
        for file in try Tree.sources() {
            for module in file.imports where own.contains(module) {
                guard let allowed = Self.arrows[file.target] else { continue }
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    /// Which files may know an engine, or what only one engine is made of, by name.
    static let doors: [String: String] = [
        "EmbeddedEngine": "Sources/Sosia/Opening/",
        "CatalogedEngine": "Sources/Sosia/Opening/",
        "ObjectStores": "Sources/Sosia/Opening/",
        "Catalog": "Sources/EmbeddedEngine/",
        "Indexes": "Sources/EmbeddedEngine/",
    ]

    @Test func enginesAreKnownByNameWhereTheyAreOpened() throws {
        for file in try Tree.sources() {
            for module in file.imports {
                guard let door = Self.doors[module] else { continue }
                #expect(file.path.hasPrefix(door), "\(file.path) imports \(module), which only \(door) may")
            }
        }
    }
}
