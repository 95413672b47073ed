// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what only measuring needs is never built with the product.
let package = Package(
    name: "sosia-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sosia", path: "..")],
    targets: [
        .executableTarget(
            name: "sosia-bench-search",
            dependencies: [.product(name: "Indexes", package: "sosia")],
            path: "Sources/SearchBench",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
