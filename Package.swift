// swift-tools-version: 6.2
import PackageDescription

/// Every target is built with the same strictness; the upcoming features keep existentials and imports visible.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "sosia",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Sosia", targets: ["Sosia"]),
        .library(name: "Indexes", targets: ["SosiaCore", "Kernels", "FileSystem", "Indexes"]),
        .library(name: "TinyImages", targets: ["SosiaCore", "FileSystem", "TinyImages"]),
        .library(name: "ObjectStores", targets: ["SosiaCore", "FileSystem", "ObjectStores"]),
        .library(name: "CatalogedEngine", targets: ["SosiaCore", "CatalogedEngine"]),
        .library(name: "EngineConformance", targets: ["SosiaCore", "EngineConformance"]),
        .executable(name: "sosia", targets: ["SosiaCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "FileSystem", dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict),
        .testTarget(
            name: "FileSystemTests",
            dependencies: [
                "FileSystem", "SosiaCore", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "Workers", dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .testTarget(name: "WorkersTests", dependencies: ["SosiaCore", "Workers"], swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Images", "SosiaCore"], path: "Tests/TestSupport",
            swiftSettings: strict),

        .target(
            name: "SessionSupport", dependencies: ["EngineConformance", "Sosia", "SosiaCore"],
            path: "Tests/SessionSupport",
            swiftSettings: strict),

        .target(name: "CSystemCalls", path: "Tests/CSystemCalls"),
        .target(
            name: "DiskModel", dependencies: ["SosiaCore"], path: "Tests/DiskModel", swiftSettings: strict),
        .executableTarget(
            name: "PowerCut",
            dependencies: [
                "CSystemCalls", "DiskModel", "FileSystem", "SessionSupport", "Sosia", "SosiaCore", "TestSupport",
            ],
            path: "Tests/PowerCut", swiftSettings: strict),
        .testTarget(
            name: "PowerCutTests", dependencies: ["DiskModel", "SosiaCore", "TestSupport"], swiftSettings: strict),

        .target(name: "SosiaCore", swiftSettings: strict),
        .testTarget(
            name: "SosiaCoreTests", dependencies: ["EngineConformance", "SosiaCore"], swiftSettings: strict),

        .target(name: "CKernels"),
        .target(name: "Kernels", dependencies: ["CKernels", "SosiaCore"], swiftSettings: strict),
        .target(name: "Indexes", dependencies: ["Kernels", "FileSystem", "SosiaCore"], swiftSettings: strict),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "SosiaCore", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "IndexesTests", dependencies: ["Indexes", "Kernels", "FileSystem", "SosiaCore", "TestSupport"],
            swiftSettings: strict),

        .target(name: "CPlatform"),
        .target(name: "Platform", swiftSettings: strict),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CExif", pkgConfig: "libexif", providers: [.apt(["libexif-dev"])]),
        .target(name: "CImages", dependencies: ["CPlatform", "CTurboJPEG", "CExif"]),
        .target(
            name: "Images",
            dependencies: [
                "CImages", "FileSystem", "Platform", "SosiaCore",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ImagesTests", dependencies: ["Images", "SosiaCore"], exclude: ["Reference"],
            swiftSettings: strict),

        .target(name: "CGDAL", dependencies: ["CPlatform"]),
        .target(
            name: "Rasters", dependencies: ["CGDAL", "FileSystem", "Platform", "SosiaCore"], swiftSettings: strict),
        .testTarget(name: "RastersTests", dependencies: ["Rasters", "SosiaCore"], swiftSettings: strict),

        .target(name: "CArchives", dependencies: ["CPlatform"]),
        .target(
            name: "TinyImages",
            dependencies: ["CArchives", "Images", "Kernels", "FileSystem", "Platform", "SosiaCore"],
            swiftSettings: strict),
        .testTarget(
            name: "TinyImagesTests", dependencies: ["TinyImages", "Images", "SosiaCore", "TestSupport"],
            swiftSettings: strict),

        .target(name: "CReports", dependencies: ["CPlatform"]),
        .target(
            name: "Reports", dependencies: ["CReports", "FileSystem", "Images", "Platform", "SosiaCore"],
            swiftSettings: strict),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "SosiaCore"], swiftSettings: strict),

        .target(name: "COpenVINO", dependencies: ["CPlatform"]),
        .target(
            name: "Embeddings",
            dependencies: ["COpenVINO", "FileSystem", "SosiaCore", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        .target(
            name: "Catalog",
            dependencies: [
                "Kernels", "SosiaCore", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "EmbeddedEngine",
            dependencies: [
                "Catalog", "FileSystem", "Indexes", "Kernels", "SosiaCore", "Workers",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "Sosia",
            dependencies: [
                "SosiaCore", "Images", "Rasters", "TinyImages", "Embeddings", "FileSystem", "Workers", "ObjectStores",
                "EmbeddedEngine",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CatalogTests",
            dependencies: ["Catalog", "SosiaCore", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "EmbeddedEngineTests",
            dependencies: [
                "Catalog", "EmbeddedEngine", "EngineConformance", "FileSystem", "Indexes", "SosiaCore", "TestSupport",
                "Workers",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "SosiaTests",
            dependencies: [
                "EmbeddedEngine", "EngineConformance", "FileSystem", "Images", "ObjectStores", "Rasters", "Sosia",
                "SosiaCore", "TestSupport", "Workers",
            ],
            swiftSettings: strict),
        .target(
            name: "ObjectStores",
            dependencies: [
                "FileSystem", "SosiaCore", "Workers", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ObjectStoresTests", dependencies: ["EngineConformance", "ObjectStores", "SosiaCore"],
            swiftSettings: strict),
        .target(name: "EngineConformance", dependencies: ["SosiaCore"], swiftSettings: strict),
        .testTarget(
            name: "EngineConformanceTests", dependencies: ["EngineConformance", "SosiaCore"], swiftSettings: strict),
        .target(name: "CatalogedEngine", dependencies: ["SosiaCore"], swiftSettings: strict),
        .testTarget(
            name: "CatalogedEngineTests", dependencies: ["CatalogedEngine", "EngineConformance", "SosiaCore"],
            swiftSettings: strict),
        .target(
            name: "SosiaServer",
            dependencies: [
                "Sosia", "FileSystem", "SosiaCore", "Workers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Page/Files")],
            swiftSettings: strict),
        .testTarget(
            name: "SosiaServerTests",
            dependencies: [
                "SosiaServer", "Sosia", "ObjectStores", "SessionSupport", "SosiaCore", "TestSupport",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            exclude: ["Fetching/Attacks", "Golden"],
            swiftSettings: strict),
        .executableTarget(
            name: "SosiaCLI",
            dependencies: [
                "Sosia", "SosiaServer", "Reports", "TinyImages", "FileSystem", "SosiaCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Rainbow", package: "Rainbow"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SosiaCLITests",
            dependencies: ["SosiaCLI", "Sosia", "Images", "ObjectStores", "SessionSupport", "SosiaCore"],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),

        .testTarget(
            name: "EmbeddingsTests", dependencies: ["Embeddings", "SosiaCore"], exclude: ["Fixtures"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
