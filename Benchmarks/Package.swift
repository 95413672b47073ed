// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

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
            swiftSettings: strict),
        .executableTarget(
            name: "sosia-bench-store",
            dependencies: [.product(name: "Sosia", package: "sosia")],
            path: "Sources/StoreBench",
            swiftSettings: strict),
        .executableTarget(
            name: "sosia-bench-tiny",
            dependencies: [.product(name: "TinyImages", package: "sosia")],
            path: "Sources/TinyBench",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
