// swift-tools-version: 6.2
import PackageDescription

let sosia = Target.Dependency.product(name: "Sosia", package: "sosia")

let package = Package(
    name: "TenLines",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sosia", path: "../..")],
    targets: [
        .executableTarget(name: "TenLines", dependencies: [sosia]),
        .executableTarget(
            name: "Tour", dependencies: [sosia, .product(name: "EngineConformance", package: "sosia")]),
    ],
    swiftLanguageModes: [.v6]
)
